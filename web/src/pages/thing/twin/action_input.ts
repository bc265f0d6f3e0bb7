// From what a person types to the input of an action, by the action's JSON Schema.
import type { Action, Json } from '@/api/types';

export interface InputSchema {
  type: string;
  unit: string;
  minimum: number | null;
  maximum: number | null;
}

export function schemaOf(input: Action['input']): InputSchema | null {
  if (input === null) return null;
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    type: typeof input['type'] === 'string' ? input['type'] : 'object', unit: typeof input['unit'] === 'string' ? input['unit'] : '',
    minimum: number(input['minimum']), maximum: number(input['maximum']),
  };
}

export type Parsed = { ok: true; value: Json | undefined } | { ok: false; why: 'number' | 'integer' | 'range' | 'json' | 'empty' };

export function parseInput(schema: InputSchema | null, text: string): Parsed {
  if (schema === null) return { ok: true, value: undefined };
  if (schema.type === 'boolean') return { ok: true, value: text === 'true' };
  if (schema.type === 'string') return { ok: true, value: text };
  if (text.trim() === '') return { ok: false, why: 'empty' };
  if (schema.type !== 'number' && schema.type !== 'integer') {
    try {
      return { ok: true, value: JSON.parse(text) as Json };
    } catch {
      return { ok: false, why: 'json' };
    }
  }
  const value = Number(text);
  if (!Number.isFinite(value)) return { ok: false, why: 'number' };
  if (schema.type === 'integer' && !Number.isInteger(value)) return { ok: false, why: 'integer' };
  const outside = (schema.minimum !== null && value < schema.minimum) || (schema.maximum !== null && value > schema.maximum);
  return outside ? { ok: false, why: 'range' } : { ok: true, value };
}
