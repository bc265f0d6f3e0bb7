// What a person enters for a correction, and when it is complete.
import type { CorrectionRequest, ValueType } from '@/api/types';

export interface Draft {
  property: string;
  start: number;
  end: number;
  action: CorrectionRequest['action'];
  value: string;
  method: NonNullable<CorrectionRequest['method']>;
  reason: string;
}

export function hasMethod(action: Draft['action']): boolean {
  return action === 'replace' || action === 'fill';
}

/** How an action finds its values until somebody says otherwise. */
export function methodOf(action: Draft['action']): Draft['method'] {
  return action === 'replace' ? 'constant' : 'linear';
}

export function needsValue({ action, method }: Pick<Draft, 'action' | 'method'>): boolean {
  return hasMethod(action) && method === 'constant';
}

function valueOf(text: string, type: ValueType): string | number | boolean | null {
  if (type === 'text') return text;
  if (type === 'bool') return text === 'true' ? true : text === 'false' ? false : null;
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

export function problemOf(draft: Draft, type: ValueType): 'range' | 'value' | 'reason' | null {
  if (!(draft.end > draft.start)) return 'range';
  if (needsValue(draft) && valueOf(draft.value, type) === null) return 'value';
  return draft.reason.trim() === '' ? 'reason' : null;
}

export function requestOf(thing: string, draft: Draft, type: ValueType): CorrectionRequest {
  return {
    thing, property: draft.property, start: new Date(draft.start).toISOString(), end: new Date(draft.end).toISOString(), action: draft.action,
    ...(needsValue(draft) ? { value: valueOf(draft.value, type) } : {}), ...(draft.action === 'fill' || (draft.action === 'replace' && draft.method !== 'constant') ? { method: draft.method } : {}),
    reason: draft.reason.trim(),
  };
}
