import { Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useDelete } from '@/api/resources';
import type { Resource } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { keyText, pathOf } from '@/components/change/plan_text';

interface Props {
  resource: Resource;
  onClose: () => void;
  onDeleted: () => void;
}

const FEW = 12;

/** Says what goes and what stays, and what stands in the way. */
export function DeleteDialog({ resource, onClose, onDeleted }: Props) {
  const { t } = useTranslation();
  const remove = useDelete();
  const users = resource.used_by;
  return (
    <Modal opened onClose={onClose} title={t('resource.deleteTitle', { name: keyText(resource) })} size="lg">
      <Stack gap="sm">
        {users.length > 0 ? (
          <>
            <Text>{t('resource.inTheWay', { count: users.length })}</Text>
            <ul style={{ margin: 0 }}>
              {users.slice(0, FEW).map((one) => <li key={keyText(one)}><Anchor component={Link} to={pathOf(one)} onClick={onClose}>{keyText(one)}</Anchor></li>)}
              {users.length > FEW && <li className="quiet">{t('change.moreChanges', { count: users.length - FEW })}</li>}
            </ul>
          </>
        ) : <Text>{t(`resource.deleteEffect.${resource.kind}`)} {t('resource.neverAgain', { name: resource.name })}</Text>}
        {remove.isError && <ErrorNotice error={remove.error} sentence={t('resource.deleteFailed')} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>{t('action.cancel')}</Button>
          <Button
            disabled={users.length > 0} loading={remove.isPending}
            onClick={() => remove.mutate({ kind: resource.kind, name: resource.name, version: resource.version }, { onSuccess: onDeleted })}
          >
            {t('resource.delete')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
