import { useMutation } from '@tanstack/react-query';
import { request } from './client';
import type { Json } from './types';

/** Invokes an action of a thing; answers when the device has taken it. */
export function useInvoke(thing: string) {
  return useMutation({
    mutationFn: ({ action, input }: { action: string; input: Json | undefined }) =>
      request<void>('POST', `/api/v1/wot/t/${encodeURIComponent(thing)}/actions/${encodeURIComponent(action)}`, { body: input }),
  });
}
