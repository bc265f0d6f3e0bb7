import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { ErrorNotice } from '@/components/ErrorNotice';

/** A fault of the page itself, or code that could not be fetched. */
export function RouteFailure() {
  const { t } = useTranslation();
  return <ErrorNotice error={useRouteError()} sentence={t('error.page')} onRetry={() => window.location.reload()} />;
}
