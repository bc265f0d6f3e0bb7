import { Code, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Where the first password is found: the hub made it and showed it once. */
export function FirstPasswordHint({ open }: { open: boolean }) {
  const { t } = useTranslation();
  return (
    <details className="login-hint" open={open || undefined}>
      <summary>{t('login.first')}</summary>
      <Text size="sm" mt={6}>{t('login.firstText')}</Text>
      <Text size="sm" mt={6}>{t('login.firstChosen')} <Code>MILLRACE_ADMIN_PASSWORD</Code></Text>
    </details>
  );
}
