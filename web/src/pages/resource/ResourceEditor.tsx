import { Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useValidation } from '@/api/resources';
import type { Resource } from '@/api/types';
import { ChangeForm } from '@/components/change/ChangeForm';
import { YamlEditor } from '@/components/change/YamlEditor';

/** The resource as its file, with what is wrong at its line, and the way over a plan to an apply. */
export function ResourceEditor({ resource }: { resource: Resource }) {
  const [text, setText] = useState(resource.yaml);
  const path = `${resource.kind.toLowerCase()}/${resource.name}.yaml`;
  const files = useMemo(() => [{ path, text }], [path, text]);
  const [settled] = useDebouncedValue(files, 400);
  const edited = text !== resource.yaml;
  const checked = useValidation(settled, edited);
  return (
    <Stack p="md" gap="sm">
      <YamlEditor file={path} value={text} onChange={setText} problems={edited ? checked.data?.problems ?? [] : []} />
      <ChangeForm files={files} idle={!edited} />
    </Stack>
  );
}
