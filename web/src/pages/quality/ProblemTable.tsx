import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { QualityProblem } from '@/api/types';
import { Moment } from '@/components/Moment';
import { QualityMark } from '@/components/QualityMark';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { useNow } from '@/time/now';
import { chartLink } from './chart_link';
import { shareText } from './strips';

/** The hub's own words, which know the property, are English; elsewhere the language's sentence stands above them. */
function Advice({ problem }: { problem: QualityProblem }) {
  const { t } = useTranslation();
  if (useLocale().startsWith('en')) return problem.advice;
  return <>{t(`advice.${problem.rule}`)}<span className="quiet" style={{ display: 'block', fontSize: 12.5 }} lang="en">{problem.advice}</span></>;
}

/** What is wrong, since when, what it affects, what to do. */
export function ProblemTable({ problems }: { problems: QualityProblem[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const now = useNow();
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('quality.what')}</th><th scope="col">{t('quality.where')}</th><th scope="col">{t('thing.since')}</th>
            <th scope="col" className="num">{t('quality.marked')}</th><th scope="col">{t('quality.affects')}</th><th scope="col">{t('quality.todo')}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map((one) => (
            <tr key={`${one.thing}/${one.property}/${one.rule}/${one.since}`} className={one.active ? undefined : 'quiet'}>
              <td title={t(`reason.sentence.${one.rule}`)}><QualityMark quality={one.severity} stale={false} reasons={[one.rule]} below /></td>
              <th scope="row"><Anchor component={Link} to={chartLink(one, now)} fz="inherit">{one.thing} · {one.property}</Anchor></th>
              <td>
                {one.since_at_least && <span className="quiet">{t('quality.atLeast')} </span>}
                <Moment time={one.since} as="age" />
                {!one.active && <span className="quiet" style={{ display: 'block', fontSize: 12.5 }}>{t('quality.ended')} <Moment time={one.last} /></span>}
              </td>
              <td className="num">{formatInteger(one.samples, locale)}<span className="quiet" style={{ display: 'block', fontSize: 12.5 }}>{shareText(one.share, locale)}</span></td>
              <td>{one.affects.length === 0 ? <span className="quiet">–</span> : one.affects.slice(0, 4).map((it) => <span key={it.kind + it.name} className="tag">{it.kind} {it.name}</span>)}</td>
              <td className="problem-advice"><Advice problem={one} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
