import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useBrowse } from '@/api/onboarding';
import { useAllOfKind } from '@/api/resources';
import type { BrowseRequest, BrowsedNode } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { NodeTree } from './NodeTree';
import { ServerForm } from './ServerForm';
import { merged, variablesBelow } from './node_tree';

const NODES = 2000;

/** Ask a server what it has, pick variables, get a proposal. */
export function BrowsePanel() {
  const { t } = useTranslation();
  const go = useNavigate();
  const connections = useAllOfKind('Connection');
  const [connection, setConnection] = useState<BrowseRequest['connection'] | null>(null);
  const [nodes, setNodes] = useState<BrowsedNode[]>([]);
  const [isPartial, setPartial] = useState(false);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const browse = useBrowse();

  const start = (wanted: BrowseRequest['connection']) => {
    setConnection(wanted);
    setNodes([]);
    setPicked(new Set());
    browse.mutate({ connection: wanted, limit: NODES }, { onSuccess: (answer) => { setNodes(answer.nodes); setPartial(answer.truncated); } });
  };
  const deeper = (address: string) => connection && browse.mutate({ connection, address, limit: NODES }, {
    onSuccess: (answer) => setNodes((known) => merged(known, answer.nodes, address)),
  });
  const toggle = (address: string) => setPicked((old) => {
    const below = variablesBelow(nodes, address);
    const next = new Set(old);
    const all = below.every((one) => old.has(one));
    below.forEach((one) => (all ? next.delete(one) : next.add(one)));
    return next;
  });
  const propose = () => void go('/onboarding/proposal', { state: { connection, addresses: [...picked] } });

  return (
    <div className="browse-columns">
      <section className="panel">
        {connections.isPending ? <RowsSkeleton rows={1} /> : <ServerForm connections={(connections.data?.items ?? []).map((one) => one.name)} busy={browse.isPending} onAsk={start} />}
        {browse.isPending && nodes.length === 0 && <RowsSkeleton rows={8} height={22} />}
        {browse.isError && <ErrorNotice error={browse.error} sentence={t('onboarding.browseFailed')} onRetry={() => connection && start(connection)} elsewhere />}
        {browse.isIdle && <Text className="quiet" size="sm" p="md">{t('onboarding.browseText')}</Text>}
        {browse.isSuccess && nodes.length === 0 && <Text p="md">{t('onboarding.noNodes')}</Text>}
        {nodes.length > 0 && <NodeTree nodes={nodes} picked={picked} onToggle={toggle} onDeeper={isPartial ? deeper : undefined} />}
        {isPartial && nodes.length > 0 && <Text className="quiet" size="sm" p="sm">{t('onboarding.truncated')}</Text>}
      </section>
      <section className="panel">
        <Stack p="md" gap="sm">
          <Text fw={600} role="status">{t('onboarding.picked', { count: picked.size })}</Text>
          <Text className="quiet" size="sm">{t('onboarding.pickedText')}</Text>
          <Button disabled={picked.size === 0} onClick={propose}>{t('onboarding.propose')}</Button>
        </Stack>
      </section>
    </div>
  );
}
