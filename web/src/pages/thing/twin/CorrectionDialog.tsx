import { Button, Group, Modal, NativeSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCorrect, useSampleCount } from '@/api/quality';
import type { CorrectionRequest, Property } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { formatInteger, labelOf, unitText } from '@/format/number';
import { fromLocalField, toLocalField } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';
import { hasMethod, methodOf, needsValue, problemOf, requestOf, type Draft } from './correction_draft';

interface Props {
  thing: string;
  properties: Property[];
  property: string;
  start: number;
  end: number;
  onClose: () => void;
}

const ACTIONS: CorrectionRequest['action'][] = ['invalidate', 'replace', 'fill', 'restore'];

/** Replace, invalidate, fill or restore an interval, with a reason; the originals stay. */
export function CorrectionDialog({ thing, properties, property, start, end, onClose }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const correct = useCorrect();
  const [draft, setDraft] = useState<Draft>({ property, start: Math.floor(start / 1000) * 1000, end: Math.ceil(end / 1000) * 1000, action: 'invalidate', value: '', method: 'linear', reason: '' });
  const put = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const chosen = properties.find((one) => one.name === draft.property) ?? properties[0]!;
  const problem = problemOf(draft, chosen.type);
  const count = useSampleCount(thing, chosen.name, draft.start, draft.end);
  const field = (name: 'start' | 'end', label: string) => (
    <TextInput
      type="datetime-local" step={1} label={label} defaultValue={toLocalField(draft[name], zone)} style={{ flex: 1 }}
      error={name === 'end' && problem === 'range' ? t('range.wrong') : undefined}
      onChange={(event) => { const ms = fromLocalField(event.currentTarget.value, zone); if (ms !== null) put({ [name]: ms }); }}
    />
  );
  return (
    <Modal opened onClose={onClose} title={t('correction.title')} size="lg">
      <Stack gap="sm">
        <NativeSelect label={t('thing.property')} value={draft.property} onChange={(event) => put({ property: event.currentTarget.value })} data={properties.map((one) => ({ value: one.name, label: labelOf(one.title, one.name) }))} />
        <Group align="flex-start">{field('start', t('range.from'))}{field('end', t('range.to'))}</Group>
        <Text className="quiet" size="sm">{zone}. {count !== null && t('correction.samples', { count, samples: formatInteger(count, locale) })}</Text>
        <SegmentedControl fullWidth value={draft.action} onChange={(action) => put({ action: action as Draft['action'], method: methodOf(action as Draft['action']) })} data={ACTIONS.map((one) => ({ value: one, label: t(`correction.action.${one}`) }))} />
        <Text size="sm">{t(`correction.effect.${draft.action}`)}</Text>
        {hasMethod(draft.action) && <NativeSelect label={t('correction.method')} value={draft.method} onChange={(event) => put({ method: event.currentTarget.value as Draft['method'] })} data={(['linear', 'previous', 'constant'] as const).map((one) => ({ value: one, label: t(`correction.methods.${one}`) }))} />}
        {needsValue(draft) && <TextInput label={`${t('value.value')} ${unitText(chosen.unit)}`} value={draft.value} onChange={(event) => put({ value: event.currentTarget.value })} inputMode={chosen.type === 'f64' ? 'decimal' : undefined} />}
        <TextInput label={t('change.reason')} required value={draft.reason} maxLength={500} placeholder={t('correction.reasonExample')} onChange={(event) => put({ reason: event.currentTarget.value })} data-autofocus />
        {correct.isError && <ErrorNotice error={correct.error} sentence={t('correction.failed')} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
          <Button disabled={problem !== null} loading={correct.isPending} onClick={() => correct.mutate(requestOf(thing, draft, chosen.type), { onSuccess: onClose })}>{t(`correction.action.${draft.action}`)}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
