import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEffect, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { asFailure } from '@/api/failure';
import { useLogin } from '@/api/session';
import { LanguageButton } from '@/components/LanguageButton';
import { SchemeButton } from '@/components/SchemeButton';
import { FirstPasswordHint } from './FirstPasswordHint';
import './login.css';

export function LoginPage({ ended }: { ended: boolean }) {
  const { t } = useTranslation();
  const login = useLogin();
  const [user, setUser] = useState('admin');
  const [password, setPassword] = useState('');
  useEffect(() => {
    document.title = `${t('login.title')} · Millrace`;
  }, [t]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate({ user: user.trim(), password });
  };
  const failure = login.isError ? asFailure(login.error) : null;
  const refused = failure?.code === 'unauthenticated';

  return (
    <main className="login">
      <Group justify="flex-end" gap={4} p="sm"><LanguageButton /><SchemeButton /></Group>
      <form onSubmit={submit} className="panel login-box">
        <Stack gap="md">
          <Group gap="sm"><img src="/mark.svg" width={32} height={32} alt="" /><Title order={1}>Millrace</Title></Group>
          {ended && <Text role="status">{t('login.ended')}</Text>}
          <TextInput
            label={t('login.user')} value={user} required autoComplete="username" autoCapitalize="none"
            onChange={(event) => setUser(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('login.password')} value={password} required autoComplete="current-password" data-autofocus autoFocus
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={refused ? t('login.refused') : undefined}
          />
          {failure && !refused && <Text className="bad" role="alert">{t(`error.sentence.${failure.code}`)}</Text>}
          <Button type="submit" loading={login.isPending} fullWidth>{t('login.submit')}</Button>
          <FirstPasswordHint open={refused} />
        </Stack>
      </form>
    </main>
  );
}
