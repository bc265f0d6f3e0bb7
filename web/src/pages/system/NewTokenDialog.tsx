import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateToken } from '@/api/system';
import type { Role } from '@/api/types';
import { CommandLine } from '@/components/CommandLine';
import { ErrorNotice } from '@/components/ErrorNotice';

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const DAYS = ['30', '90', '365', ''];

/** Makes a token and shows its secret, this once. */
export function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateToken();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('365');
  const valid = NAME.test(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const expires = days === '' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString();
    create.mutate({ name, role, expires });
  };
  return (
    <Modal opened onClose={onClose} title={t('token.make')} closeOnClickOutside={!create.data} size="lg">
      {create.data ? (
        <Stack>
          <Alert role="note" variant="light" color="gray" title={t('token.onceTitle')}>{t('token.onceText')}</Alert>
          <CommandLine command={create.data.token} />
          <Group justify="flex-end"><Button onClick={onClose}>{t('token.kept')}</Button></Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t('token.name')} description={t('token.nameRule')} value={name} data-autofocus required
              onChange={(event) => setName(event.currentTarget.value)} error={name !== '' && !valid ? t('token.nameWrong') : undefined}
            />
            <NativeSelect
              label={t('token.role')} value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}
              data={[{ value: 'viewer', label: t('token.viewer') }, { value: 'administrator', label: t('token.administrator') }]}
            />
            <NativeSelect
              label={t('token.expires')} value={days} onChange={(event) => setDays(event.currentTarget.value)}
              data={DAYS.map((value) => ({ value, label: value === '' ? t('time.never') : t('token.inDays', { count: Number(value) }) }))}
            />
            {create.isError && <ErrorNotice error={create.error} sentence={t('token.makeFailed')} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
              <Button type="submit" disabled={!valid} loading={create.isPending}>{t('token.make')}</Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
