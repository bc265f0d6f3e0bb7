import { useTranslation } from 'react-i18next';
import type { FileProblem } from '@/api/types';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

interface Props {
  problems: FileProblem[];
  leftOut: number;
}

const MARKS = { error: '✕', warning: '◆', note: '·' };
const TONES = { error: 'bad', warning: 'uncertain', note: 'quiet' };

/** What is wrong in the file, with line, column and the next step. */
export function FileProblems({ problems, leftOut }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (problems.length === 0) return null;
  return (
    <div className="table-scroll file-problems" tabIndex={0} role="region" aria-label={t('fileImport.problems')}>
      <table className="grid-table">
        <thead><tr><th scope="col">{t('fileImport.weight')}</th><th scope="col" className="num">{t('onboarding.line')}</th><th scope="col">{t('fileImport.problem')}</th></tr></thead>
        <tbody>
          {problems.map((one, i) => (
            <tr key={i}>
              <td className={TONES[one.weight]}>{MARKS[one.weight]} {t(`fileImport.weights.${one.weight}`)}</td>
              <td className="num">{one.line ?? ''}</td>
              <td>{one.column !== null && <span className="mono">{one.column} </span>}{one.what} <span className="quiet">{one.hint}</span></td>
            </tr>
          ))}
        </tbody>
      </table>
      {leftOut > 0 && <p className="quiet">{t('fileImport.moreProblems', { count: leftOut, shown: formatInteger(leftOut, locale) })}</p>}
    </div>
  );
}
