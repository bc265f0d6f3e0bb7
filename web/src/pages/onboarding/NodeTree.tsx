import { Checkbox, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BrowsedNode } from '@/api/types';
import { Icon } from '@/components/Icon';
import { unitText } from '@/format/number';
import { nodeRows, variablesBelow } from './node_tree';

interface Props {
  nodes: BrowsedNode[];
  picked: ReadonlySet<string>;
  onToggle: (address: string) => void;
  /** Asks for what is below a folder of which nothing is known; not there when everything is. */
  onDeeper?: (address: string) => void;
}

const ROW = 32;

/** The address space as a tree; a folder's box picks all variables below it. */
export function NodeTree({ nodes, picked, onToggle, onDeeper }: Props) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(nodes.filter((node) => !node.variable).slice(0, 40).map((node) => node.address)));
  const rows = useMemo(() => nodeRows(nodes, open, words), [nodes, open, words]);
  const scroll = useRef<HTMLDivElement>(null);
  const view = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => ROW, overscan: 10 });
  const flip = (address: string, children: number) => {
    if (children === 0) onDeeper?.(address);
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(address)) next.add(address);
      return next;
    });
  };
  return (
    <>
      <div style={{ padding: '0 12px 10px' }}>
        <TextInput type="search" value={words} onChange={(event) => setWords(event.currentTarget.value)} placeholder={t('onboarding.filterNodes')} aria-label={t('onboarding.filterNodes')} leftSection={<Icon name="search" size={16} />} />
      </div>
      <div ref={scroll} className="node-scroll">
        <div role="tree" aria-label={t('onboarding.browse')} style={{ height: view.getTotalSize(), position: 'relative' }}>
          {view.getVirtualItems().map(({ index, start }) => {
            const { node, depth, children, open: isOpen } = rows[index]!;
            const below = variablesBelow(nodes, node.address);
            const on = below.filter((one) => picked.has(one)).length;
            return (
              <div
                key={node.address} role="treeitem" aria-level={depth + 1} aria-expanded={node.variable ? undefined : isOpen} aria-selected={on > 0} className="node-row"
                style={{ position: 'absolute', top: start, height: ROW, left: 0, right: 0, paddingLeft: 12 + depth * 20 }}
              >
                {node.variable || (children === 0 && !onDeeper) ? <span style={{ width: 20 }} /> : (
                  <button type="button" onClick={() => flip(node.address, children)} aria-label={isOpen ? t('onboarding.close', { name: node.name }) : t('onboarding.open', { name: node.name })}>
                    <Icon name={isOpen ? 'down' : 'right'} size={16} />
                  </button>
                )}
                <Checkbox
                  size="xs" checked={below.length > 0 && on === below.length} indeterminate={on > 0 && on < below.length} disabled={below.length === 0}
                  onChange={() => onToggle(node.address)} aria-label={t('onboarding.pick', { name: node.name })}
                />
                <span className="clip node-name" title={node.address}>
                  {node.variable ? node.title : <b>{node.title}</b>}
                  {node.title !== node.name && <span className="quiet mono"> {node.name}</span>}
                </span>
                {node.variable && <span className="quiet mono">{node.type ?? t('reason.short.unsupported_type')} {unitText(node.unit)}</span>}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
