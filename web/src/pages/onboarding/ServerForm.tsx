import { Button, Group, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BrowseRequest } from '@/api/types';

interface Props {
  /** Names of the connections that are configured. */
  connections: string[];
  busy: boolean;
  onAsk: (connection: BrowseRequest['connection']) => void;
}

const URL_RULE = /^opc\.tcp:\/\/[^\s/]+/;

/** Which server to ask: a configured one, or an OPC UA server by its address. */
export function ServerForm({ connections, busy, onAsk }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string | null>(null);
  const [url, setUrl] = useState('opc.tcp://');
  const [security, setSecurity] = useState('basic256sha256');
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const name = chosen ?? connections[0] ?? '';
  const isWrong = !URL_RULE.test(url.trim());
  const ask = () => {
    setTried(true);
    if (name !== '') return onAsk(name);
    if (!isWrong) onAsk({ type: 'opcua', options: { url: url.trim(), security, ...(user ? { user, password } : {}) } });
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); ask(); }} noValidate>
      <Group p="sm" align="flex-start">
        <NativeSelect
          label={t('onboarding.connection')} value={name} onChange={(event) => setChosen(event.currentTarget.value)} style={{ minWidth: 200 }}
          data={[...connections.map((one) => ({ value: one, label: one })), { value: '', label: t('onboarding.otherServer') }]}
        />
        {name === '' && (
          <>
            <TextInput
              label={t('onboarding.url')} value={url} onChange={(event) => setUrl(event.currentTarget.value)} placeholder="opc.tcp://10.0.0.7:4840" style={{ flex: 1, minWidth: 220 }}
              error={tried && isWrong ? t('onboarding.urlRule') : undefined}
            />
            <NativeSelect
              label={t('onboarding.security')} value={security} onChange={(event) => setSecurity(event.currentTarget.value)}
              data={[{ value: 'basic256sha256', label: t('onboarding.encrypted') }, { value: 'none', label: t('onboarding.unencrypted') }]}
            />
            <TextInput label={t('onboarding.user')} value={user} onChange={(event) => setUser(event.currentTarget.value)} placeholder={t('onboarding.anonymous')} autoComplete="off" w={150} />
            {user !== '' && <PasswordInput label={t('onboarding.password')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="off" w={170} />}
          </>
        )}
        <Button type="submit" loading={busy} mt={25}>{t('onboarding.ask')}</Button>
      </Group>
    </form>
  );
}
