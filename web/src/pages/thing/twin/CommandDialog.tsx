import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommand } from '@/api/commands';
import type { Command } from '@/api/commands';
import type { ThingDetail } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { unitText } from '@/format/number';
import { parseInput } from './action_input';
import type { InputSchema } from './action_input';

interface Props {
  thing: ThingDetail;
  command: Command;
  /** What people call the property or the action. */
  label: string;
  /** Null where there is nothing to give. */
  schema: InputSchema | null;
  onClose: () => void;
}

/** A machine will move: the input is checked and the effect confirmed before anything is sent. */
export function CommandDialog({ thing, command, label, schema, onClose }: Props) {
  const { t } = useTranslation();
  const send = useCommand(thing.id, command);
  const [text, setText] = useState(schema?.type === 'boolean' ? 'true' : '');
  const [sure, setSure] = useState(false);
  const parsed = parseInput(schema, text);
  const isWrite = command.kind === 'property';
  const inputLabel = `${isWrite ? t('value.value') : t('thing.input')} ${unitText(schema?.unit ?? '')}`;
  const why = parsed.ok || parsed.why === 'empty' ? undefined : t(`thing.inputWrong.${parsed.why}`, { min: schema?.minimum ?? '–', max: schema?.maximum ?? '–' });
  const change = (next: string) => { setText(next); setSure(false); send.reset(); };
  return (
    <Modal opened onClose={onClose} title={t('thing.invokeTitle', { action: label, thing: thing.title || thing.id })}>
      <Stack gap="sm">
        {schema?.type === 'boolean' && <NativeSelect label={inputLabel} value={text} onChange={(event) => change(event.currentTarget.value)} data={[{ value: 'true', label: t('value.on') }, { value: 'false', label: t('value.off') }]} />}
        {schema && schema.type !== 'boolean' && <TextInput label={inputLabel} value={text} error={why} onChange={(event) => change(event.currentTarget.value)} inputMode={/number|integer/.test(schema.type) ? 'decimal' : undefined} data-autofocus />}
        <Text className="quiet" size="sm">{t('thing.invokeEffect')}</Text>
        <Checkbox checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} disabled={!parsed.ok} label={t('thing.invokeSure', { action: label, input: schema ? `${text} ${unitText(schema.unit)}`.trim() : '' })} />
        {send.isError && <ErrorNotice error={send.error} sentence={t('thing.invokeFailed')} />}
        {send.isSuccess && <Text role="status" fw={600}>{t('thing.invoked')}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{send.isSuccess ? t('action.close') : t('action.cancel')}</Button>
          {!send.isSuccess && <Button disabled={!parsed.ok || !sure} loading={send.isPending} onClick={() => { if (parsed.ok) send.mutate(parsed.value); }}>{isWrite ? t('thing.write') : t('thing.invoke')}</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}
