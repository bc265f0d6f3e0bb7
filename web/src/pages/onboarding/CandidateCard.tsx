import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Candidate } from '@/api/types';
import { Moment } from '@/components/Moment';
import { formatInteger, formatValue, unitText } from '@/format/number';
import { useLocale, useValueWords } from '@/i18n/locale';
import { Sparkline } from './Sparkline';

interface Props {
  candidate: Candidate;
  canBind: boolean;
}

const FEW = 8;

/** A source that waits, with what it said lately. */
export function CandidateCard({ candidate, canBind }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const words = useValueWords();
  const shown = candidate.properties.slice(0, FEW);
  const bound = candidate.properties.filter((one) => one.feeds !== null).length;
  return (
    <section className="panel" aria-label={candidate.title}>
      <Group justify="space-between" px="md" py={10} className="panel-head">
        <div>
          <b>{candidate.title}</b> <span className="quiet mono">{candidate.source}</span>
          <div className="quiet" style={{ fontSize: 13 }}>
            {t(`onboarding.kind.${candidate.kind}`)} · {t('onboarding.firstSeen')} <Moment time={candidate.first_seen} as="age" /> · {t('onboarding.lastSeen')} <Moment time={candidate.last_seen} as="age" /> · {t('onboarding.kept', { count: candidate.samples, samples: formatInteger(candidate.samples, locale) })}
            {bound > 0 && <> · {t('onboarding.bound', { count: bound, total: candidate.properties.length })}</>}
          </div>
        </div>
        {canBind && <Button component={Link} to={`/onboarding/proposal?candidate=${encodeURIComponent(candidate.id)}`}>{t('onboarding.propose')}</Button>}
      </Group>
      <div className="candidate-grid">
        {shown.map((one) => (
          <div key={one.address} className="candidate-cell">
            <span className="mono clip quiet" title={one.address}>{one.address}</span>
            {one.feeds !== null && <span className="quiet clip" style={{ gridColumn: 'span 2' }} title={one.feeds}>{t('onboarding.feedsNow', { property: one.feeds })}</span>}
            {one.feeds === null && <Sparkline recent={one.recent} />}
            {one.feeds === null && <span className="num">{formatValue(one.recent.at(-1)?.value ?? null, one.type, locale, words)} <span className="quiet">{unitText(one.unit)}</span></span>}
          </div>
        ))}
        {candidate.properties.length > FEW && <span className="quiet">{t('things.moreValues', { count: candidate.properties.length - FEW })}</span>}
      </div>
    </section>
  );
}
