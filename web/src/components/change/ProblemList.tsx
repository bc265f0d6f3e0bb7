import { useTranslation } from 'react-i18next';
import type { ResourceProblem } from '@/api/types';
import { Icon } from '@/components/Icon';

interface Props {
  problems: ResourceProblem[];
  onGo?: (problem: ResourceProblem) => void;
  withFile?: boolean;
}

/** What is wrong, where, and the next step. */
export function ProblemList({ problems, onGo, withFile = false }: Props) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  return (
    <ul className="problem-list" role="alert">
      {problems.slice(0, 100).map((problem, i) => (
        <li key={i}>
          <span className="bad"><Icon name="bad" size={13} /></span>
          <button type="button" onClick={() => onGo?.(problem)} disabled={!onGo} className="mono">
            {withFile && problem.file} {problem.line > 0 ? t('change.line', { line: problem.line }) : ''}
          </button>
          <span>{problem.what} <span className="quiet">{problem.hint}</span></span>
        </li>
      ))}
      {problems.length > 100 && <li className="quiet">{t('change.moreProblems', { count: problems.length - 100 })}</li>}
    </ul>
  );
}
