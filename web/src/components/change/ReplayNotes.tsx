import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Plan } from '@/api/types';
import { formatInteger, numberFormat } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { isReassuring, placeText, seenOf } from './plan_text';

const MOST = 10;

/** What the effects of a plan stand on: what was tried on whom, and what was not looked at. */
export function ReplayNotes({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { replay } = plan;
  const triedOf = (one: Plan['replay']['models'][number]) => ({
    model: one.model, instead: one.instead_of, through: one.through.join(', '), count: one.things, number: formatInteger(one.things, locale),
  });
  const seen = (days: number) => numberFormat(locale, { maximumSignificantDigits: 2 }).format(days);
  const moreCut = replay.properties - replay.properties_done - Math.min(replay.properties_cut.length, MOST);
  return (
    <>
      {replay.models.map((one) => (
        <Text key={one.model} size="sm">
          {one.instead_of === null
            ? t('change.notTried', { model: one.model })
            : one.through.length > 0 ? t('change.triedThrough', triedOf(one)) : t('change.triedOn', triedOf(one))}
        </Text>
      ))}
      {replay.not_replayed.slice(0, MOST).map((one) => (
        <Text key={placeText(one)} size="sm">{t('change.notReplayed', { place: placeText(one), why: one.why })}</Text>
      ))}
      {replay.not_replayed.length > MOST && <Text size="sm">{t('change.moreNotReplayed', { count: replay.not_replayed.length - MOST })}</Text>}
      {!replay.complete && (
        <Text size="sm" fw={600}>
          {t('change.replayStopped', {
            number: formatInteger(replay.samples, locale), days: replay.days,
            done: formatInteger(replay.properties_done, locale), all: formatInteger(replay.properties, locale),
          })}
        </Text>
      )}
      {replay.properties_cut.slice(0, MOST).map((one) => (
        <Text key={placeText(one)} size="sm">
          {t('change.checkedOf', { place: placeText(one), span: t(`change.seen.${seenOf(one)}`, { seen: seen(one.days_seen), days: replay.days }) })}
        </Text>
      ))}
      {moreCut > 0 && <Text size="sm">{t('change.moreCut', { count: moreCut, number: formatInteger(moreCut, locale) })}</Text>}
      {isReassuring(plan) && <Text className="quiet" size="sm">{t('change.noEffects')}</Text>}
    </>
  );
}
