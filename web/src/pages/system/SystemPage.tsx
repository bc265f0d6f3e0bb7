import { useTranslation } from 'react-i18next';
import { useIsAdministrator } from '@/api/session';
import { useSystem } from '@/api/system';
import { ErrorNotice } from '@/components/ErrorNotice';
import { EventsPanel } from '@/components/event/EventsPanel';
import { NoPermission } from '@/components/NoPermission';
import { PageHead } from '@/components/PageHead';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { AccountPanel } from './AccountPanel';
import { brokerPlace } from './account_text';
import { BackupPanel } from './BackupPanel';
import { HubFacts } from './HubFacts';
import { ImportPanel } from './ImportPanel';
import { SealButton } from './SealButton';
import { StoreFacts } from './StoreFacts';
import { TokenPanel } from './TokenPanel';
import './system.css';

/** The hub itself: what runs, what it holds, who may call it, and its copy. */
export function SystemPage() {
  const { t } = useTranslation();
  const system = useSystem(5_000);
  const administrator = useIsAdministrator();
  if (system.isPending) return <RowsSkeleton rows={8} />;
  if (system.isError && !system.data) {
    return <ErrorNotice error={system.error} sentence={t('system.failed')} onRetry={() => void system.refetch()} />;
  }
  const { broker } = system.data;
  return (
    <div className="page">
      <PageHead title={t('nav.system')} beside={<span className="quiet">Millrace {system.data.version}</span>} />
      <div className="system-columns">
        <Panel title={t('system.hub')}><HubFacts system={system.data} /></Panel>
        <Panel title={t('system.store')} aside={administrator && <SealButton />}><StoreFacts system={system.data} /></Panel>
      </div>
      {administrator && broker.kind === 'embedded' && <AccountPanel broker={brokerPlace(broker, window.location.hostname)} />}
      {administrator ? <><TokenPanel /><BackupPanel /></> : <section className="panel"><NoPermission what={t('system.adminOnly')} /></section>}
      <ImportPanel />
      <EventsPanel />
    </div>
  );
}
