import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvoke } from '@/api/commands';
import type { Action, ThingDetail } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { labelOf, unitText } from '@/format/number';
import { parseInput, schemaOf } from './action_input';

interface Props {
  thing: ThingDetail;
  action: Action;
  onClose: () => void;
}

/** A machine will move: the input is checked and the effect confirmed before anything is sent. */
export function InvokeDialog({ thing, action, onClose }: Props) {
  const { t } = useTranslation();
  const invoke = useInvoke(thing.id);
  const schema = schemaOf(action.input);
  const [text, setText] = useState(schema?.type === 'boolean' ? 'true' : '');
  const [sure, setSure] = useState(false);
  const parsed = parseInput(schema, text);
  const label = labelOf(action.title, action.name);
  const inputLabel = `${t('thing.input')} ${unitText(schema?.unit ?? '')}`;
  const why = parsed.ok || parsed.why === 'empty' ? undefined : t(`thing.inputWrong.${parsed.why}`, { min: schema?.minimum ?? '–', max: schema?.maximum ?? '–' });
  const change = (next: string) => { setText(next); setSure(false); };
  return (
    <Modal opened onClose={onClose} title={t('thing.invokeTitle', { action: label, thing: thing.title || thing.id })}>
      <Stack gap="sm">
        {schema?.type === 'boolean' && <NativeSelect label={inputLabel} value={text} onChange={(event) => change(event.currentTarget.value)} data={[{ value: 'true', label: t('value.on') }, { value: 'false', label: t('value.off') }]} />}
        {schema && schema.type !== 'boolean' && <TextInput label={inputLabel} value={text} error={why} onChange={(event) => change(event.currentTarget.value)} inputMode={/number|integer/.test(schema.type) ? 'decimal' : undefined} data-autofocus />}
        <Text className="quiet" size="sm">{t('thing.invokeEffect')}</Text>
        <Checkbox checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} disabled={!parsed.ok} label={t('thing.invokeSure', { action: label, input: schema ? `${text} ${unitText(schema.unit)}`.trim() : '' })} />
        {invoke.isError && <ErrorNotice error={invoke.error} sentence={t('thing.invokeFailed')} />}
        {invoke.isSuccess && <Text role="status" fw={600}>{t('thing.invoked')}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{invoke.isSuccess ? t('action.close') : t('action.cancel')}</Button>
          {!invoke.isSuccess && <Button disabled={!parsed.ok || !sure} loading={invoke.isPending} onClick={() => { if (parsed.ok) invoke.mutate({ action: action.name, input: parsed.value }); }}>{t('thing.invoke')}</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}
