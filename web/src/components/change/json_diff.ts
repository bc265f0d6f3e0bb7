// Differences of two specs, as JSON pointers (RFC 6901) with what stood and what stands there.
import type { Difference, Json } from '@/api/types';

type Tree = { [key: string]: unknown } | unknown[];

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Objects are compared member by member, lists by position, everything else by value. */
export function jsonDiff(before: unknown, after: unknown, path = ''): Difference[] {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => jsonDiff(
      (before as Record<string, unknown>)[key], (after as Record<string, unknown>)[key], `${path}/${escaped(key)}`,
    ));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, before: (before ?? null) as Json, after: (after ?? null) as Json }];
}
