import { useMutation } from '@tanstack/react-query';
import { request } from './client';
import type { Json } from './types';

/** What a device is told: to take a property's value, or to do something. */
export interface Command {
  kind: 'property' | 'action';
  name: string;
}

/** Sends a command to a thing's device; answers when that has taken it. The input is left out where there is none. */
export function useCommand(thing: string, { kind, name }: Command) {
  return useMutation({
    mutationFn: (input: Json | undefined) => {
      const path = `/api/v1/wot/t/${encodeURIComponent(thing)}/${kind === 'property' ? 'properties' : 'actions'}/${encodeURIComponent(name)}`;
      return request<void>(kind === 'property' ? 'PUT' : 'POST', path, { body: input });
    },
  });
}
