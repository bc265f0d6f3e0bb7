import type { ThingDescription } from '@/api/types';

export function idOf(description: ThingDescription): string {
  return String(description.id ?? '');
}

/** As its author named it, else its id. */
export function titleOf(description: ThingDescription): string {
  return typeof description.title === 'string' && description.title !== '' ? description.title : idOf(description);
}

/** When the hub last took it. */
export function changedOf({ registration }: ThingDescription): string | null {
  const modified = (registration as { modified?: unknown } | undefined)?.modified;
  return typeof modified === 'string' ? modified : null;
}

/** For editing: without what the directory itself adds. */
export function textOf(description: ThingDescription): string {
  return JSON.stringify({ ...description, registration: undefined }, null, 2);
}
