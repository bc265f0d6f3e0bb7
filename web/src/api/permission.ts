// What a role may do, as the hub decides it (api/openapi.yaml, schema Role). Pages ask before they
// offer something; the hub asks again before it does it.
import { useMe } from './session';
import type { Role } from './types';

export type Permission = 'configure' | 'correct' | 'query' | 'command' | 'import';

const MAY: Record<Permission, readonly Role[]> = {
  configure: ['administrator', 'ot_engineer'],
  correct: ['administrator', 'ot_engineer', 'data_scientist'],
  query: ['administrator', 'ot_engineer', 'data_scientist'],
  command: ['administrator', 'ot_engineer'],
  import: ['administrator', 'ot_engineer', 'data_scientist'],
};

export function may(role: Role | undefined, permission: Permission): boolean {
  return role !== undefined && MAY[permission].includes(role);
}

export function useMay(permission: Permission): boolean {
  return may(useMe().data?.role, permission);
}
