// Corrections as a file: all of a thing as one, and one that is tried and then applied.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call, request } from './client';
import type { CorrectionsApplied } from './types';

const PATH = '/api/v1/corrections/file';
const TYPE = 'application/yaml';

export function useExportCorrections(thing: string) {
  return useMutation({
    mutationFn: async () => (await call('GET', PATH, { query: { thing } })).blob(),
  });
}

export function useApplyCorrections() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ text, dryRun }: { text: string; dryRun: boolean }) =>
      request<CorrectionsApplied>('POST', PATH, { query: { dry_run: dryRun }, text: { type: TYPE, content: text } }),
    onSuccess: ({ commit }) => {
      if (commit === null) return;
      for (const key of ['corrections', 'history', 'quality-scores', 'thing']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
