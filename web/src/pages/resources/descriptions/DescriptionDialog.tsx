import { Button, FileButton, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRegister } from '@/api/descriptions';
import type { ThingDescription } from '@/api/types';
import { idOf, textOf, titleOf } from './description_text';
import { Refusal } from './Refusal';

interface Props {
  hub: string;
  /** What the text takes the place of; null registers another. */
  replacing: ThingDescription | null;
  onClose: () => void;
}

/** Registers pasted JSON or a file; what stands under its id is replaced only after that was said. */
export function DescriptionDialog({ hub, replacing, onClose }: Props) {
  const { t } = useTranslation();
  const register = useRegister(hub);
  const [text, setText] = useState(replacing ? textOf(replacing) : '');
  const taken = register.data?.taken ?? null;
  const replaces = replacing ? idOf(replacing) : register.variables?.replaces ?? taken;
  const put = (next: string) => {
    setText(next);
    register.reset();
  };
  const send = () => register.mutate({ text, replaces }, { onSuccess: (done) => { if (done.taken === null) onClose(); } });
  return (
    <Modal opened onClose={onClose} title={replacing ? t('description.replaceTitle', { title: titleOf(replacing) }) : t('description.registerTitle')} closeOnClickOutside={text === ''} size="xl">
      <Stack>
        {replacing && <Text>{t('description.replaceText', { id: idOf(replacing) })}</Text>}
        <div>
          <FileButton onChange={(file) => { if (file) void file.text().then(put); }} accept=".json,.jsonld,application/json,application/td+json">
            {(props) => <Button variant="default" {...props}>{t('description.choose')}</Button>}
          </FileButton>
        </div>
        <Textarea
          label={t('description.json')} description={replacing ? undefined : t('description.jsonRule')} value={text} autosize minRows={8} maxRows={20} data-autofocus
          spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} onChange={(event) => put(event.currentTarget.value)}
        />
        {taken !== null && <Text role="alert" className="bad">{t('description.taken', { id: taken })}</Text>}
        {register.isError && <Refusal error={register.error} sentence={replaces === null ? t('description.registerFailed') : t('description.replaceFailed')} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
          <Button color={replaces === null ? undefined : 'red'} disabled={text.trim() === ''} loading={register.isPending} onClick={send}>
            {replaces === null ? t('description.button') : t('description.replace')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
