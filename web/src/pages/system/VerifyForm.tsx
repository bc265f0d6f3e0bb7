import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useVerifyBackup } from '@/api/system';
import { ErrorNotice } from '@/components/ErrorNotice';
import { formatBytes, formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

const PROBLEMS = 20;

/** Reads a backup again and says whether it is as it was written. `latest` is the one just made. */
export function VerifyForm({ latest }: { latest: string | null }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const verify = useVerifyBackup();
  const [typed, setTyped] = useState<string | null>(null);
  const name = (typed ?? latest ?? '').trim();
  const check = verify.data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name !== '') verify.mutate(name);
  };
  return (
    <Stack gap="xs">
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput
            label={t('backup.name')} placeholder="2026-03-01T060000Z" value={typed ?? latest ?? ''} maxLength={100} w={260}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={name === ''} loading={verify.isPending}>{t('backup.verify')}</Button>
        </Group>
      </form>
      {verify.isError && <ErrorNotice error={verify.error} sentence={t('backup.verifyFailed')} />}
      {check?.valid && <Text role="status">✓ {t('backup.valid', { name: check.name, files: formatInteger(check.files, locale), size: formatBytes(check.bytes, locale) })}</Text>}
      {check && !check.valid && (
        <div role="alert">
          <Text className="bad">✕ {t('backup.invalid', { name: check.name })}</Text>
          <ul style={{ margin: 0 }}>
            {check.problems.slice(0, PROBLEMS).map((problem) => <li key={problem} className="mono">{problem}</li>)}
            {check.problems.length > PROBLEMS && <li className="quiet">{t('change.moreProblems', { count: check.problems.length - PROBLEMS })}</li>}
          </ul>
        </div>
      )}
    </Stack>
  );
}
