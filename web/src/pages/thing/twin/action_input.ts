// From what a person types to the input of an action, by the action's JSON Schema, or to the value of a property.
import type { Action, Json, Property, ValueType } from '@/api/types';

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

const JSON_TYPE: Record<ValueType, string> = { f64: 'number', i64: 'integer', u64: 'integer', bool: 'boolean', text: 'string', bytes: 'string' };

/** What may be written to a property, by its model. */
export function schemaOfProperty({ type, unit, contract }: Pick<Property, 'type' | 'unit' | 'contract'>): InputSchema {
  const least = type === 'u64' ? 0 : null;
  return { type: JSON_TYPE[type], unit, minimum: contract?.min ?? least, maximum: contract?.max ?? null };
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
