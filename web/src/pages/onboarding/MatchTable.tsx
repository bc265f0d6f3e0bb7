import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Proposal } from '@/api/types';
import { shareText } from '@/pages/quality/strips';
import { useLocale } from '@/i18n/locale';

interface Props {
  proposal: Proposal;
  /** Names of the model's properties. */
  properties: string[];
  onDecide: (address: string, property: string | null) => void;
}

/** Each address with the property it would feed, how sure that is and why; a person has the last word. */
export function MatchTable({ proposal, properties, onDecide }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead><tr><th scope="col">{t('thing.address')}</th><th scope="col">{t('thing.property')}</th><th scope="col">{t('onboarding.score')}</th><th scope="col">{t('onboarding.why')}</th></tr></thead>
        <tbody>
          {proposal.matches.map((match) => {
            const names = [...new Set([...properties, ...(match.property === null ? [] : [match.property])])];
            return (
              <tr key={match.address}>
                <th scope="row" className="mono">{match.address}</th>
                <td>
                  <NativeSelect
                    size="xs" aria-label={t('onboarding.feeds', { address: match.address })} value={match.property ?? ''}
                    onChange={(event) => onDecide(match.address, event.currentTarget.value || null)}
                    data={[{ value: '', label: t('onboarding.leaveOut') }, ...names.map((name) => ({ value: name, label: name }))]}
                  />
                </td>
                <td>{match.property === null ? <span className="quiet">–</span> : <><span className="score-bar" aria-hidden><i style={{ width: `${match.score * 100}%` }} /></span>{shareText(match.score, locale)}</>}</td>
                <td className="quiet" lang="en">{match.reason}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
