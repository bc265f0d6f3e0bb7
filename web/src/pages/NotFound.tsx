import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty } from '@/components/Empty';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty title={t('notFound.title')} action={<Button component={Link} to="/things" variant="default">{t('palette.openThings')}</Button>}>
      {t('notFound.text')}
    </Empty>
  );
}
