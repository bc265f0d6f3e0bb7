import { Anchor } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ResourceItem } from '@/api/types';
import { Moment } from '@/components/Moment';
import { keyText, pathOf } from '@/components/change/plan_text';
import './resources.css';

interface Props {
  items: ResourceItem[];
  more: boolean;
  onMore: () => void;
}

const ROW = 38;

/** Resources as rows; only those on the screen exist. */
export function ResourceTable({ items, more, onMore }: Props) {
  const { t } = useTranslation();
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroll.current, estimateSize: () => ROW, overscan: 10 });
  const shown = rows.getVirtualItems();
  const wanted = more && (shown.at(-1)?.index ?? 0) > items.length - 60;
  const bring = useEffectEvent(onMore);
  useEffect(() => {
    if (wanted) bring();
  }, [wanted, items.length]);
  return (
    <>
      <div className="resource-row quiet resource-head" aria-hidden>
        <span>{t('resources.kindColumn')}</span><span>{t('system.name')}</span><span>{t('resources.title')}</span><span>{t('models.changed')}</span><span>{t('change.by')}</span>
      </div>
      <div ref={scroll} className="resource-scroll" style={{ height: Math.min(items.length * ROW, 620) }}>
        <div role="list" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {shown.map(({ index, start }) => {
            const one = items[index]!;
            return (
              <div key={keyText(one)} role="listitem" className="resource-row" style={{ position: 'absolute', top: start, height: ROW, left: 0, right: 0 }}>
                <span className="quiet">{t(`resources.kind.${one.kind}`)}</span>
                <Anchor component={Link} to={pathOf(one)} fz="inherit" className="clip">{one.name}{one.version !== null && `@${one.version}`}</Anchor>
                <span className="clip">{one.title}</span>
                <span className="quiet"><Moment time={one.changed} as="age" /></span>
                <span className="quiet clip">{one.changed_by}</span>
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
