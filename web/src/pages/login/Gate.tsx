import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { onSessionEnded } from '@/api/client';
import { asFailure } from '@/api/failure';
import { useMe } from '@/api/session';
import { ErrorNotice } from '@/components/ErrorNotice';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { Shell } from '@/components/Shell';
import { SiteZone } from '@/time/site_clock';
import { LoginPage } from './LoginPage';

/** Lets in who is logged in; asks everyone else, and keeps the address they came for. */
export function Gate() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const me = useMe();
  const [ended, setEnded] = useState(false);
  useEffect(() => onSessionEnded(() => {
    if (client.getQueryData(['me'])) setEnded(true);
    client.setQueryData(['me'], null);
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
  }), [client]);

  if (me.isPending) return <RowsSkeleton rows={4} />;
  if (me.data) return <SiteZone><Shell /></SiteZone>;
  if (me.isError && asFailure(me.error).code !== 'unauthenticated') {
    return <ErrorNotice error={me.error} sentence={t('login.unreachable')} onRetry={() => void me.refetch()} goesOn />;
  }
  return <LoginPage ended={ended} />;
}
