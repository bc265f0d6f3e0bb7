import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { usePages } from './pages';
import type { Correction, CorrectionRequest, FilterReport, HistoryAnswer, Page, QualityLevel, QualityProblem, QualityScores } from './types';

export interface ScoreQuery {
  level: QualityLevel;
  site: string | null;
  thing: string | null;
  start: string;
  step: string;
}

export function useScores(wanted: ScoreQuery) {
  return useQuery({
    queryKey: ['quality-scores', wanted],
    queryFn: ({ signal }) => request<QualityScores>('GET', '/api/v1/quality/scores', { query: { ...wanted, limit: 60 }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
}

export function useQualityProblems(filter: { site?: string | null; thing?: string | null } = {}) {
  return usePages<QualityProblem>('/api/v1/quality/problems', filter, 200, 15_000);
}

export function useFilterReport() {
  return usePages<FilterReport>('/api/v1/filters/report', {}, 200, 60_000);
}

export function useCorrections(thing: string) {
  return useQuery({
    queryKey: ['corrections', thing],
    queryFn: ({ signal }) => request<Page<Correction>>('GET', '/api/v1/corrections', { query: { thing, limit: 500 }, signal }),
    retry: false,
  });
}

export function useCorrect() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: CorrectionRequest) => request<{ id: number; commit: number }>('POST', '/api/v1/corrections', { body: wanted }),
    onSuccess: () => {
      for (const key of ['corrections', 'history', 'quality-scores', 'thing']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** How many samples stand in a range; null while it is not known. */
export function useSampleCount(thing: string, property: string, start: number, end: number) {
  const query = useQuery({
    queryKey: ['sample-count', thing, property, start, end],
    queryFn: ({ signal }) => request<HistoryAnswer>('POST', '/api/v1/query/history', {
      body: {
        properties: [{ thing, property }], start: new Date(start).toISOString(), end: new Date(end).toISOString(),
        step: `${Math.max(end - start, 1000)}ms`, aggregate: ['count', 'bad_count'],
      },
      signal,
    }),
    enabled: end > start,
    retry: false,
  });
  const rows = query.data?.items[0]?.rows;
  return rows ? rows.reduce((sum, row) => sum + Number(row[1] ?? 0) + Number(row[2] ?? 0), 0) : null;
}
