import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRemoveDescription } from '@/api/descriptions';
import type { ThingDescription } from '@/api/types';
import { idOf, titleOf } from './description_text';
import { Refusal } from './Refusal';

interface Props {
  description: ThingDescription;
  onClose: () => void;
}

/** Says what is lost before it is. */
export function RemoveDescriptionDialog({ description, onClose }: Props) {
  const { t } = useTranslation();
  const remove = useRemoveDescription();
  const id = idOf(description);
  return (
    <Modal opened onClose={onClose} title={t('description.removeTitle', { title: titleOf(description) })}>
      <Stack>
        <Text>{t('description.removeText', { id })}</Text>
        {remove.isError && <Refusal error={remove.error} sentence={t('description.removeFailed')} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>{t('action.cancel')}</Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(id, { onSuccess: onClose })}>{t('description.remove')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
