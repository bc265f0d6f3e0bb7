import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/permission';
import type { Action, ThingDetail } from '@/api/types';
import { Empty } from '@/components/Empty';
import { NoPermission } from '@/components/NoPermission';
import { labelOf, unitText } from '@/format/number';
import { CommandDialog } from './CommandDialog';
import { schemaOf } from './action_input';

/** What the thing can be told to do. */
export function ActionList({ thing }: { thing: ThingDetail }) {
  const { t } = useTranslation();
  const may = useMay('command');
  const [asked, setAsked] = useState<Action | null>(null);
  const actions = thing.actions ?? [];
  if (actions.length === 0) return <Empty title={t('thing.noActionsTitle')}>{t('thing.noActionsText')}</Empty>;
  return (
    <>
      {!may && <NoPermission what={t('thing.commandNotAllowed')} />}
      {actions.map((action) => {
        const schema = schemaOf(action.input);
        return (
          <Group key={action.name} px="md" py={8} justify="space-between" className="panel-head">
            <div>
              <b>{labelOf(action.title, action.name)}</b> <span className="quiet mono">{action.name}</span>
              <div className="quiet" style={{ fontSize: 13 }}>
                {schema === null ? t('thing.noInput') : `${schema.type} ${unitText(schema.unit)} ${schema.minimum ?? ''}${schema.minimum !== null || schema.maximum !== null ? ' … ' : ''}${schema.maximum ?? ''}`}
                {!action.bound && ` · ${t('thing.notBound')}`}
              </div>
            </div>
            {may && <Button variant="default" disabled={!action.bound} onClick={() => setAsked(action)}>{t('thing.invoke')}</Button>}
          </Group>
        );
      })}
      {asked && <CommandDialog thing={thing} command={{ kind: 'action', name: asked.name }} label={labelOf(asked.title, asked.name)} schema={schemaOf(asked.input)} onClose={() => setAsked(null)} />}
    </>
  );
}
