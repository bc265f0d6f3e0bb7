import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from './ErrorNotice';

interface Props {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; isFetchNextPageError: boolean; error: unknown; fetchNextPage: () => unknown };
}

/** The way to the next page of a list; nothing where the list is whole. */
export function ShowMore({ query }: Props) {
  const { t } = useTranslation();
  const onMore = () => void query.fetchNextPage();
  if (!query.hasNextPage) return null;
  if (query.isFetchNextPageError) return <ErrorNotice error={query.error} sentence={t('list.moreFailed')} onRetry={onMore} />;
  return <Button variant="subtle" m="sm" loading={query.isFetchingNextPage} onClick={onMore}>{t('list.more')}</Button>;
}
