import { AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet } from 'react-router';
import { useLiveStream } from '@/api/live/live_hub';
import { ConnectionBanner } from './ConnectionBanner';
import { LanguageButton } from './LanguageButton';
import { LiveDot } from './LiveDot';
import { Navigation } from './Navigation';
import { PaletteButton } from './PaletteButton';
import { RowsSkeleton } from './RowsSkeleton';
import { SchemeButton } from './SchemeButton';
import { UserMenu } from './UserMenu';

/** What stands around each page: name, search, state of the connection, ways to go. */
export function Shell() {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure(false);
  useLiveStream();
  return (
    <AppShell
      header={{ height: 52 }} padding="md"
      navbar={{ width: 190, breakpoint: 'sm', collapsed: { mobile: !open } }}
    >
      <a href="#main" className="skip-link">{t('nav.skip')}</a>
      <AppShell.Header className="shell-head">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('nav.menu')} />
            <Link to="/" className="brand"><img src="/mark.svg" width={24} height={24} alt="" /><Text fw={650} visibleFrom="xs">Millrace</Text></Link>
          </Group>
          <PaletteButton />
          <Group gap={6} wrap="nowrap">
            <LiveDot />
            <LanguageButton />
            <SchemeButton />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className="shell-nav"><Navigation onGo={close} /></AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <ConnectionBanner />
        <Suspense fallback={<RowsSkeleton />}><Outlet /></Suspense>
      </AppShell.Main>
    </AppShell>
  );
}
