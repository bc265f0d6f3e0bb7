import { Button, Checkbox, Group, Modal, NativeSelect, Stack, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateAccount } from '@/api/accounts';
import type { Account } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { AccountSecret } from './AccountSecret';
import { EMPTY_FORM, isName, requestOf, type BrokerPlace } from './account_text';

const KINDS = ['edge', 'device', 'consumer'] as const;

/** Lets somebody in and shows the password, this once. */
export function NewAccountDialog({ broker, onClose }: { broker: BrokerPlace; onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateAccount();
  const [form, setForm] = useState(EMPTY_FORM);
  const put = (change: Partial<typeof form>) => setForm((old) => ({ ...old, ...change }));
  const wanted = requestOf(form);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted) create.mutate(wanted);
  };
  const wrong = (name: string) => (name !== '' && !isName(name) ? t('token.nameWrong') : undefined);
  return (
    <Modal opened onClose={onClose} title={t('account.make')} closeOnClickOutside={!create.data} size="lg">
      {create.data ? <AccountSecret made={create.data} broker={broker} onClose={onClose} /> : (
        <form onSubmit={submit}>
          <Stack>
            <NativeSelect
              label={t('account.kindColumn')} description={t(`account.kindText.${form.kind}`)} value={form.kind}
              onChange={(event) => put({ kind: event.currentTarget.value as Account['kind'] })}
              data={KINDS.map((kind) => ({ value: kind, label: t(`account.kind.${kind}`) }))}
            />
            <TextInput
              label={t('account.name')} description={t('token.nameRule')} value={form.name} data-autofocus required
              onChange={(event) => put({ name: event.currentTarget.value })} error={wrong(form.name)}
            />
            {form.kind === 'edge' && (
              <TextInput
                label={t('account.site')} description={t('account.siteRule')} value={form.site} required
                onChange={(event) => put({ site: event.currentTarget.value })} error={wrong(form.site)}
              />
            )}
            {form.kind === 'device' && (
              <Textarea
                label={t('account.topics')} description={t('account.topicsRule')} value={form.topics} autosize minRows={2} required
                onChange={(event) => put({ topics: event.currentTarget.value })}
              />
            )}
            {form.kind === 'consumer' && (
              <Checkbox label={t('account.mayCommand')} checked={form.mayCommand} onChange={(event) => put({ mayCommand: event.currentTarget.checked })} />
            )}
            {create.isError && <ErrorNotice error={create.error} sentence={t('account.makeFailed')} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
              <Button type="submit" disabled={!wanted} loading={create.isPending}>{t('account.make')}</Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
