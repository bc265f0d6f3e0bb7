import { Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useValidation } from '@/api/resources';
import type { Resource } from '@/api/types';
import { ChangeForm } from '@/components/change/ChangeForm';
import { YamlEditor } from '@/components/change/YamlEditor';
import { asVersion } from '@/components/change/yaml_problems';

/** A version never changes; an edit is the next one, and says first what it would have marked. */
export function ModelEditor({ model }: { model: Resource }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const next = Math.max(0, ...model.versions) + 1;
  const first = useMemo(() => asVersion(model.yaml, next), [model.yaml, next]);
  const [text, setText] = useState(first);
  const path = `models/${model.name}@${next}.yaml`;
  const files = useMemo(() => [{ path, text }], [path, text]);
  const [settled] = useDebouncedValue(files, 400);
  const checked = useValidation(settled, text !== first);
  return (
    <Stack p="md" gap="sm">
      <Text className="quiet" size="sm">{t('model.editLead', { version: next })}</Text>
      <YamlEditor file={path} value={text} onChange={setText} problems={text === first ? [] : checked.data?.problems ?? []} />
      <ChangeForm files={files} idle={text === first} onApplied={() => void go(`/models/${model.name}`)} />
    </Stack>
  );
}
