import { Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useValidation } from '@/api/resources';
import { PageHead } from '@/components/PageHead';
import { ChangeForm } from '@/components/change/ChangeForm';
import { YamlEditor } from '@/components/change/YamlEditor';
import { pathOf } from '@/components/change/plan_text';
import { TEMPLATES, isKind } from '../resources/templates';

const FILE = 'new.yaml';

/** A resource from its template. */
export function NewResourcePage() {
  const { t } = useTranslation();
  const go = useNavigate();
  const [query] = useSearchParams();
  const named = query.get('kind');
  const kind = isKind(named) ? named : 'Thing';
  const [text, setText] = useState(TEMPLATES[kind]);
  const files = useMemo(() => [{ path: FILE, text }], [text]);
  const [settled] = useDebouncedValue(files, 400);
  const checked = useValidation(settled, true);
  return (
    <div className="page">
      <PageHead title={t('resources.newOf', { kind: t(`resources.kind.${kind}`) })} />
      <section className="panel">
        <Stack p="md" gap="sm">
          <YamlEditor file={FILE} value={text} onChange={setText} problems={checked.data?.problems ?? []} />
          <ChangeForm
            files={files}
            onApplied={({ changes }) => {
              const made = changes.find((one) => one.action === 'create') ?? changes[0];
              if (made) void go(made.kind === 'Thing' ? `/things/${made.name}` : pathOf(made));
            }}
          />
        </Stack>
      </section>
    </div>
  );
}
