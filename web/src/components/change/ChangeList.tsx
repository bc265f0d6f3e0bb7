import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Change } from '@/api/types';
import { DifferenceTable } from './DifferenceTable';
import { keyText, ordered, pathOf } from './plan_text';
import './change.css';

const MOST = 200;

/** Each resource that changes, with what changes in it. */
export function ChangeList({ changes }: { changes: Change[] }) {
  const { t } = useTranslation();
  const shown = ordered(changes).slice(0, MOST);
  return (
    <div>
      {shown.map((change) => (
        <div key={`${change.action} ${keyText(change)}`} className="plan-change">
          <span className="plan-word">{t(`change.action.${change.action}`)}</span>
          {change.action === 'create' ? <b>{keyText(change)}</b> : <Anchor component={Link} to={pathOf(change)} fz="inherit">{keyText(change)}</Anchor>}
          <DifferenceTable differences={change.differences} />
        </div>
      ))}
      {changes.length > MOST && <div className="plan-change quiet">{t('change.moreChanges', { count: changes.length - MOST })}</div>}
    </div>
  );
}
