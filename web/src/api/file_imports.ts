// Files of measured data that are sent to the hub, checked and imported there.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { asFailure } from './failure';
import { request } from './client';
import type { MappingProposal, Upload } from './types';

/** Of the beginning of a file, which is all that a proposal needs. */
const BEGINNING_BYTES = 256 * 1024;
/** Of one part; the hub takes up to 32 MiB. */
export const PART_BYTES = 8 * 1024 * 1024;
const TYPE = 'application/octet-stream';
const POLL_MS = 700;

const pathOf = (id: string) => `/api/v1/imports/uploads/${encodeURIComponent(id)}`;

export function useMappingProposal() {
  return useMutation({
    mutationFn: ({ file, thing }: { file: File; thing: string }) => request<MappingProposal>('POST', '/api/v1/imports/proposal', {
      query: { file_name: file.name, thing }, text: { type: TYPE, content: file.slice(0, BEGINNING_BYTES) },
    }),
  });
}

/** Sends a file part by part; `onSent` hears the share that has arrived. */
export async function sendFile(file: File, onSent: (share: number) => void): Promise<Upload> {
  let upload = await request<Upload>('POST', '/api/v1/imports/uploads', {
    query: { file_name: file.name }, text: { type: TYPE, content: file.slice(0, PART_BYTES) },
  });
  while (upload.bytes < file.size) {
    onSent(upload.bytes / file.size);
    upload = await request<Upload>('PUT', `${pathOf(upload.id)}/parts/${upload.bytes}`, {
      text: { type: TYPE, content: file.slice(upload.bytes, upload.bytes + PART_BYTES) },
    });
  }
  onSent(1);
  return upload;
}

export interface FileOrder {
  kind: 'check' | 'import';
  mapping: string;
  folder: string;
  skipBadRows: boolean;
}

const isBusy = (upload: Upload) => upload.work?.state === 'waiting' || upload.work?.state === 'running';

/** Orders a check or an import and answers when it is done, however long it takes. */
async function carryOut(id: string, { kind, mapping, folder, skipBadRows }: FileOrder): Promise<Upload> {
  let upload = await request<Upload>('POST', `${pathOf(id)}/${kind}`, {
    query: { folder, ...(kind === 'import' ? { skip_bad_rows: skipBadRows } : {}) },
    text: { type: 'application/yaml', content: mapping },
  });
  while (isBusy(upload)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    upload = await request<Upload>('GET', pathOf(id));
  }
  return upload;
}

interface Sending {
  file: File;
  /** Of the file, where the hub has it already. */
  id: string | null;
  order: FileOrder;
  onSent: (share: number) => void;
  onId: (id: string) => void;
}

/** Sends the file where the hub has it not, or no longer, and carries out an order on it. */
export function useFileWork() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ file, id, order, onSent, onId }: Sending) => {
      const send = async () => {
        const { id: sent } = await sendFile(file, onSent);
        onId(sent);
        return sent;
      };
      if (id === null) return carryOut(await send(), order);
      try {
        return await carryOut(id, order);
      } catch (error) {
        if (asFailure(error).code !== 'not_found') throw error;
        return carryOut(await send(), order); // it waited too long, or the hub was started anew
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['imports'] }),
  });
}

/** How far the hub is with a file, while it works. */
export function useUploadProgress(id: string | null, working: boolean) {
  return useQuery({
    queryKey: ['upload', id],
    queryFn: ({ signal }) => request<Upload>('GET', pathOf(id!), { signal }),
    enabled: id !== null && working,
    refetchInterval: POLL_MS,
    retry: false,
    gcTime: 0,
  });
}

/** Nobody needs the file any more; it would go by itself, too. */
export function forgetUpload(id: string) {
  request<void>('DELETE', pathOf(id)).catch(() => {});
}
