import { useTranslation } from 'react-i18next';
import { EXAMPLES } from './examples';

/** Questions that many people have; a click writes the statement, and it can be changed before it runs. */
export function ExampleBar({ onChoose }: { onChoose: (sql: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className="sql-examples" role="group" aria-label={t('sql.examples')}>
      <span className="quiet">{t('sql.examples')}</span>
      {EXAMPLES.map(({ key, sql }) => <button key={key} type="button" onClick={() => onChoose(sql)}>{t(`sql.example.${key}`)}</button>)}
    </div>
  );
}
