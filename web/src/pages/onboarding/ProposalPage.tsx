import { Button, Group, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { usePropertyNames, useProposal } from '@/api/onboarding';
import { useAllOfKind, useModels } from '@/api/resources';
import type { Proposal, ProposalRequest } from '@/api/types';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PageHead } from '@/components/PageHead';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { MatchTable } from './MatchTable';
import { ProposalHead } from './ProposalHead';
import { ProposedFiles } from './ProposedFiles';
import type { Choice } from './proposal_choice';
import { decided, proposalRequest } from './proposal_choice';
import './onboarding.css';

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const isName = (text: string) => NAME.test(text);
const NOTHING: Choice = { model: null, thing: null, place: { site: '', area: '', line: '' }, decided: {} };

/** A source → the thing it would feed: look, decide, edit, plan, apply. */
export function ProposalPage() {
  const { t } = useTranslation();
  const go = useNavigate();
  const [query] = useSearchParams();
  const picked = useLocation().state as Pick<ProposalRequest, 'connection' | 'addresses'> | null;
  const candidate = query.get('candidate');
  const source: ProposalRequest | null = candidate !== null ? { candidate } : picked?.addresses ? { connection: picked.connection, addresses: picked.addresses } : null;
  const [choice, setChoice] = useState<Choice>(NOTHING);
  const [settled] = useDebouncedValue(choice, 300);
  const answer = useProposal(source && proposalRequest(source, settled, isName));
  // A decision that the hub refuses must not take away what stands there.
  const [proposal, setProposal] = useState<Proposal | null>(null);
  if (answer.data && answer.data !== proposal) setProposal(answer.data);
  const models = useModels().data?.items ?? [];
  const sites = (useAllOfKind('Site').data?.items ?? []).map((one) => one.name);
  const isKnown = models.some((one) => `${one.name}@${one.version}` === proposal?.model);
  const properties = usePropertyNames(proposal?.model ?? '', isKnown).data ?? [];

  if (!source) return <section className="panel"><Empty title={t('onboarding.nothingTitle')}>{t('onboarding.nothingText')}</Empty></section>;
  const failed = answer.isError && (
    <>
      <ErrorNotice error={answer.error} sentence={t('onboarding.proposalFailed')} onRetry={() => void answer.refetch()} />
      {choice !== NOTHING && <Group px="lg" pb="md"><Button variant="default" onClick={() => setChoice(NOTHING)}>{t('onboarding.startOver')}</Button></Group>}
    </>
  );
  if (!proposal) return failed ? <section className="panel">{failed}</section> : <RowsSkeleton rows={10} />;
  return (
    <div className="page">
      <PageHead title={t('onboarding.proposalTitle')} beside={<span className="quiet mono">{candidate ?? t('onboarding.picked', { count: source.addresses?.length ?? 0 })}</span>} />
      <ProposalHead
        proposal={proposal} models={models} sites={sites} choice={choice} isName={isName} onChange={setChoice}
        text={candidate !== null ? t('onboarding.proposalText') : t('onboarding.proposalBrowsed')}
      />
      {failed && <section className="panel">{failed}</section>}
      <Panel title={t('onboarding.mapping')}>
        <MatchTable proposal={proposal} properties={properties} onDecide={(address, property) => setChoice((old) => ({ ...old, model: old.model ?? proposal.model, decided: decided(old.decided, address, property) }))} />
      </Panel>
      {!failed && (
        <Panel title={t('onboarding.filesTitle')}>
          <Stack p="md">
            <ProposedFiles key={JSON.stringify(proposal.files)} files={proposal.files} onApplied={() => void go(`/things/${proposal.thing}`)} />
          </Stack>
        </Panel>
      )}
    </div>
  );
}
