import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ThingDescription } from '@/api/types';
import { Moment } from '@/components/Moment';
import { changedOf, idOf, titleOf } from './description_text';

interface Props {
  descriptions: ThingDescription[];
  editable: boolean;
  onReplace: (description: ThingDescription) => void;
  onRemove: (description: ThingDescription) => void;
}

export function DescriptionTable({ descriptions, editable, onReplace, onRemove }: Props) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('description.thing')}</th><th scope="col">{t('description.id')}</th><th scope="col">{t('description.updated')}</th>
            {editable && <th scope="col"><span className="visually-hidden">{t('description.replace')}, {t('description.remove')}</span></th>}
          </tr>
        </thead>
        <tbody>
          {descriptions.map((one) => (
            <tr key={idOf(one)}>
              <th scope="row">{titleOf(one)}</th>
              <td className="mono">{idOf(one)}</td>
              <td><Moment time={changedOf(one)} /></td>
              {editable && (
                <td className="num">
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <Button size="compact-xs" variant="subtle" onClick={() => onReplace(one)}>{t('description.replace')}</Button>
                    <Button size="compact-xs" variant="subtle" onClick={() => onRemove(one)}>{t('description.remove')}</Button>
                  </Group>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
