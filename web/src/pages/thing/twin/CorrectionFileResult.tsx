import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CorrectionsApplied } from '@/api/types';
import { Moment } from '@/components/Moment';

const MOST = 200;

/** What a file would make: its problems by line, else the entries that are not in force yet. */
export function CorrectionFileResult({ result }: { result: CorrectionsApplied }) {
  const { t } = useTranslation();
  if (result.problems.length > 0) {
    return (
      <div role="alert">
        <Text fw={600} className="bad">{t('correction.fileProblems', { count: result.problems.length })}</Text>
        <ul>
          {result.problems.slice(0, MOST).map((one, i) => <li key={i}><span className="mono">{one.line}</span>: {one.what} {one.hint && <span className="quiet">{one.hint}</span>}</li>)}
        </ul>
      </div>
    );
  }
  const fresh = result.entries.filter((one) => one.state === 'new');
  return (
    <>
      <Text fw={600} role="status">{t('correction.fileCounts', { fresh: result.new, there: result.there })}</Text>
      {fresh.length > 0 && (
        <div className="table-scroll" style={{ maxHeight: 300, overflowY: 'auto' }}>
          <table className="grid-table">
            <thead>
              <tr><th scope="col" className="num">{t('onboarding.line')}</th><th scope="col">{t('things.thing')}</th><th scope="col">{t('thing.property')}</th><th scope="col">{t('range.from')}</th><th scope="col">{t('range.to')}</th><th scope="col">{t('correction.what')}</th></tr>
            </thead>
            <tbody>
              {fresh.slice(0, MOST).map((one) => (
                <tr key={one.line}>
                  <td className="num">{one.line}</td><td>{one.thing}</td><td>{one.property}</td><td><Moment time={one.start} /></td><td><Moment time={one.end} /></td>
                  <td>{t(`correction.action.${one.action}`)}{one.covered_by !== null && <span className="quiet"> {t('correction.again')}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {fresh.length > MOST && <p className="quiet">{t('change.moreChanges', { count: fresh.length - MOST })}</p>}
        </div>
      )}
    </>
  );
}
