import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call, request, urlOf } from './client';
import type { HistoryAnswer, HistoryQuery } from './types';

export interface Pick {
  thing: string;
  property: string;
}

export interface HistoryRequest {
  picks: Pick[];
  start: string;
  end: string;
  /** Width of a bucket in ms, or null to let the hub choose one for `maxPoints`. */
  stepMs: number | null;
  maxPoints: number;
  /** The samples as they came, without corrections. */
  asCame: boolean;
}

export function bodyOf(wanted: HistoryRequest): HistoryQuery {
  const body: HistoryQuery = {
    properties: wanted.picks,
    start: wanted.start,
    end: wanted.end,
    aggregate: ['avg', 'min', 'max', 'bad_count'],
    corrections: wanted.asCame ? 'off' : 'applied',
  };
  if (wanted.stepMs === null) body.max_points = wanted.maxPoints;
  else body.step = `${wanted.stepMs}ms`;
  return body;
}

/** `key` names the picture; while `at` (the moment of a live range) moves, the old one stays. */
export function useHistory(key: string, wanted: HistoryRequest, everyMs: number | false) {
  return useQuery({
    queryKey: ['history', key, wanted.start, wanted.end],
    queryFn: ({ signal }) =>
      request<HistoryAnswer>('POST', '/api/v1/query/history', { body: bodyOf(wanted), signal }),
    enabled: wanted.picks.length > 0,
    placeholderData: keepPreviousData,
    staleTime: everyMs === false ? 60_000 : everyMs,
    gcTime: 60_000,
  });
}

export interface ExportRequest {
  format: 'csv' | 'parquet';
  thing: string;
  properties: string[];
  start: string;
  end: string;
  /** Adds what stood there before corrections. */
  originals: boolean;
}

export interface ExportProgress {
  bytes: number;
  rows: number | null;
}

export function exportUrl(wanted: ExportRequest): string {
  const { format, thing, properties, start, end, originals } = wanted;
  return urlOf('/api/v1/export', { format, things: [thing], properties, start, end, originals: originals || null });
}

/** The file, read piece by piece so that the page can say how far it is. */
export async function downloadExport(
  wanted: ExportRequest,
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<{ blob: Blob; rows: number | null }> {
  const response = await call('GET', exportUrl(wanted), { signal });
  const header = response.headers.get('X-Millrace-Rows');
  const rows = header === null ? null : Number(header);
  const type = response.headers.get('content-type') ?? 'application/octet-stream';
  let blob = new Blob([], { type });
  let parts: BlobPart[] = [];
  let bytes = 0;
  let waiting = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.byteLength;
    waiting += value.byteLength;
    if (waiting > 8 << 20) {
      blob = new Blob([blob, ...parts], { type });
      parts = [];
      waiting = 0;
    }
    onProgress({ bytes, rows });
  }
  return { blob: new Blob([blob, ...parts], { type }), rows };
}
