import { Button, Collapse, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { asFailure } from '@/api/failure';
import { formatDateTime } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';
import { Icon } from './Icon';

interface Props {
  error: unknown;
  /** What the page was trying to do: "The list of things could not be loaded." */
  sentence: string;
  onRetry?: () => void;
  /** Whether the page goes on trying by itself. */
  goesOn?: boolean;
  /** It is about another machine than the hub: what the hub says of it, instead of the code's sentence. */
  elsewhere?: boolean;
}

// Codes of which the hub says something particular, such as the name that was meant or the word it does not know.
const TELLING = new Set<string>(['invalid', 'not_found', 'conflict', 'unsupported', 'no_space']);

/** "no such column" as people write it. */
function asSentence(what: string): string {
  return what === '' ? '' : what.charAt(0).toUpperCase() + what.slice(1) + (/[.!?…]$/.test(what) ? '' : '.');
}

/** Two layers: a sentence with the next step for everyone, the real values to unfold. */
export function ErrorNotice({ error, sentence, onRetry, goesOn = false, elsewhere = false }: Props) {
  const { t } = useTranslation();
  const [open, { toggle }] = useDisclosure(false);
  const locale = useLocale();
  const zone = useSiteZone();
  const failure = asFailure(error);
  const said = !elsewhere && !TELLING.has(failure.code) ? '' : [elsewhere ? '' : asSentence(failure.what), failure.hint].filter(Boolean).join(' ');
  const facts: [string, string][] = [
    [t('error.code'), failure.status ? `${failure.code} (${failure.status})` : failure.code],
    [t('error.what'), failure.what],
    [t('error.request'), failure.request],
    [t('error.elapsed'), `${failure.elapsedMs} ms`],
    [t('error.at'), formatDateTime(failure.at, locale, zone)],
  ];
  return (
    <Stack gap="xs" p="lg" role="alert" maw={760}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <span className={failure.code === 'forbidden' ? 'quiet' : 'bad'}>
          <Icon name={failure.code === 'forbidden' ? 'lock' : 'error'} size={22} />
        </span>
        <Stack gap={2}>
          <Text fw={600}>{sentence}</Text>
          <Text>{elsewhere ? failure.what : t(`error.sentence.${failure.code}`)}</Text>
          {said !== '' && <Text className="quiet" size="sm" lang="en">{said}</Text>}
          {goesOn && <Text className="quiet" size="sm">{t('error.goesOn')}</Text>}
        </Stack>
      </Group>
      <Group gap="xs" pl={34}>
        {onRetry && failure.code !== 'not_found' && <Button size="xs" variant="default" onClick={onRetry}>{t('action.retry')}</Button>}
        <Button size="xs" variant="subtle" onClick={toggle} aria-expanded={open}>
          {open ? t('error.hideDetails') : t('error.details')}
        </Button>
      </Group>
      <Collapse expanded={open}>
        <dl className="facts mono">
          {facts.filter(([, value]) => value !== '').map(([name, value]) => (
            <div key={name}><dt>{name}</dt><dd>{value}</dd></div>
          ))}
        </dl>
      </Collapse>
    </Stack>
  );
}
