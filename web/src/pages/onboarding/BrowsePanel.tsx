import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useBrowse } from '@/api/onboarding';
import { useAllOfKind } from '@/api/resources';
import type { BrowseRequest, BrowsedNode } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { NodeTree } from './NodeTree';
import { merged, variablesBelow } from './node_tree';

/** Ask a server what it has, pick variables, get a proposal. */
export function BrowsePanel() {
  const { t } = useTranslation();
  const go = useNavigate();
  const connections = useAllOfKind('Connection').data?.items ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const name = chosen ?? connections[0]?.name ?? '';
  const [url, setUrl] = useState('opc.tcp://');
  const [nodes, setNodes] = useState<BrowsedNode[]>([]);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const browse = useBrowse();
  const connection: BrowseRequest['connection'] = name !== '' ? name : { type: 'opcua', options: { url: url.trim() } };

  const start = () => {
    setNodes([]);
    setPicked(new Set());
    browse.mutate({ connection, limit: 5000 }, { onSuccess: (answer) => setNodes(answer.nodes) });
  };
  const deeper = (address: string) => browse.mutate({ connection, address, limit: 5000 }, {
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
        <Group p="sm" align="flex-end">
          <NativeSelect
            label={t('onboarding.connection')} value={name} onChange={(event) => setChosen(event.currentTarget.value)} style={{ minWidth: 200 }}
            data={[...connections.map((one) => ({ value: one.name, label: one.name })), { value: '', label: t('onboarding.otherServer') }]}
          />
          {name === '' && <TextInput label={t('onboarding.url')} value={url} onChange={(event) => setUrl(event.currentTarget.value)} placeholder="opc.tcp://10.0.0.7:4840" style={{ flex: 1, minWidth: 220 }} />}
          <Button onClick={start} loading={browse.isPending}>{t('onboarding.ask')}</Button>
        </Group>
        {browse.isPending && nodes.length === 0 && <RowsSkeleton rows={8} height={22} />}
        {browse.isError && <ErrorNotice error={browse.error} sentence={t('onboarding.browseFailed')} onRetry={start} />}
        {browse.isIdle && <Text className="quiet" size="sm" p="md">{t('onboarding.browseText')}</Text>}
        {browse.isSuccess && nodes.length === 0 && <Text p="md">{t('onboarding.noNodes')}</Text>}
        {nodes.length > 0 && <NodeTree nodes={nodes} picked={picked} onToggle={toggle} onDeeper={deeper} />}
        {browse.data?.truncated && <Text className="quiet" size="sm" p="sm">{t('onboarding.truncated')}</Text>}
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
