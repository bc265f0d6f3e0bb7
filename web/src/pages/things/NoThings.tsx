import { useTranslation } from 'react-i18next';
import { Empty } from '@/components/Empty';
import { PageHead } from '@/components/PageHead';

export function NoThings() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <PageHead title={t('nav.things')} />
      <section className="panel">
        <Empty
          title={t('things.emptyTitle')}
          commands={['./dev edge -- run --config edge.yaml', './dev run -- import --mapping mapping.yaml history.csv', './dev demo']}
        >
          {t('things.emptyText')}
        </Empty>
      </section>
    </div>
  );
}
