import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from './client';
import type { SqlAnswer, SqlTable } from './types';

export const SQL_ROWS = 10_000;

export function useSqlTables(enabled: boolean) {
  return useQuery({
    queryKey: ['sql-tables'],
    queryFn: ({ signal }) => request<{ items: SqlTable[] }>('GET', '/api/v1/query/sql/tables', { signal }),
    enabled,
    staleTime: 5 * 60_000,
  });
}

/** One statement; asking again gives the one before up. */
export function useSql() {
  return useMutation({
    mutationFn: ({ sql, signal }: { sql: string; signal: AbortSignal }) =>
      request<SqlAnswer>('POST', '/api/v1/query/sql', { body: { sql, limit: SQL_ROWS }, signal }),
  });
}
