// Accounts and tokens as a file.
import { useMutation } from '@tanstack/react-query';
import { call } from './client';

/** The access file of the hub: who may come in, without secrets. */
export function useExportAccess() {
  return useMutation({ mutationFn: async () => (await call('GET', '/api/v1/access/export')).blob() });
}
