import { Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { useProposal } from '@/api/onboarding';
import { useModels, useResource } from '@/api/resources';
import type { ProposalRequest } from '@/api/types';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PageHead } from '@/components/PageHead';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { modelProperties } from '@/pages/model/model_properties';
import { MatchTable } from './MatchTable';
import { ProposedFiles } from './ProposedFiles';
import './onboarding.css';

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** A source → the thing it would feed: look, decide, edit, plan, apply. */
export function ProposalPage() {
  const { t } = useTranslation();
  const go = useNavigate();
  const [query] = useSearchParams();
  const picked = useLocation().state as Pick<ProposalRequest, 'connection' | 'addresses'> | null;
  const candidate = query.get('candidate');
  const source: ProposalRequest | null = candidate !== null ? { candidate } : picked?.addresses ? { connection: picked.connection, addresses: picked.addresses } : null;
  const [model, setModel] = useState<string | null>(null);
  const [thing, setThing] = useState<string | null>(null);
  const [named] = useDebouncedValue(thing, 400);
  const [decided, setDecided] = useState<Record<string, string | null>>({});
  const wanted = source && {
    ...source, ...(model ? { model } : {}), ...(named !== null && NAME.test(named) ? { thing: named } : {}),
    ...(Object.keys(decided).length > 0 ? { matches: Object.entries(decided).map(([address, property]) => ({ address, property })) } : {}),
  };
  const proposal = useProposal(wanted);
  const chosen = model ?? proposal.data?.model ?? '';
  const models = useModels().data?.items ?? [];
  const [modelName = '', version] = chosen.split('@');
  const known = models.some((one) => one.name === modelName);
  const spec = useResource('ThingModel', modelName, Number(version) || null, known).data?.spec;
  const properties = useMemo(() => (spec ? modelProperties(spec).map((one) => one.name) : []), [spec]);
  const choices = [...new Set([...(proposal.data ? [proposal.data.model] : []), ...(proposal.data?.models ?? []).map((one) => one.model), ...models.filter((one) => one.latest).map((one) => `${one.name}@${one.version}`)])];

  if (!source) return <section className="panel"><Empty title={t('onboarding.nothingTitle')}>{t('onboarding.nothingText')}</Empty></section>;
  if (proposal.isPending) return <RowsSkeleton rows={10} />;
  if (proposal.isError) return <ErrorNotice error={proposal.error} sentence={t('onboarding.proposalFailed')} onRetry={() => void proposal.refetch()} />;
  return (
    <div className="page">
      <PageHead title={t('onboarding.proposalTitle')} beside={<span className="quiet mono">{candidate ?? t('onboarding.picked', { count: source.addresses?.length ?? 0 })}</span>} />
      <section className="panel">
        <Group p="md" align="flex-start">
          <TextInput label={t('things.thing')} value={thing ?? proposal.data.thing} onChange={(event) => setThing(event.currentTarget.value)} error={thing !== null && !NAME.test(thing) ? t('token.nameRule') : undefined} />
          <NativeSelect label={t('things.model')} value={chosen} onChange={(event) => { setModel(event.currentTarget.value); setDecided({}); }} data={choices} />
          <Text className="quiet" size="sm" maw={420} pt={26}>{t('onboarding.proposalText')}</Text>
        </Group>
      </section>
      <Panel title={t('onboarding.mapping')}>
        <MatchTable proposal={proposal.data} properties={properties} onDecide={(address, property) => setDecided((old) => ({ ...old, [address]: property }))} />
      </Panel>
      <Panel title={t('onboarding.filesTitle')}>
        <Stack p="md">
          <ProposedFiles key={JSON.stringify(proposal.data.files)} files={proposal.data.files} onApplied={() => void go(`/things/${proposal.data.thing}`)} />
        </Stack>
      </Panel>
    </div>
  );
}
