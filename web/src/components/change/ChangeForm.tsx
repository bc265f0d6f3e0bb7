import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asFailure } from '@/api/failure';
import { useMay } from '@/api/permission';
import { useApply, usePlan } from '@/api/resources';
import type { Applied, FileText } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { NoPermission } from '@/components/NoPermission';
import { ProblemList } from './ProblemList';
import { PlanView } from './PlanView';
import { isApplicable } from './plan_text';

interface Props {
  files: FileText[];
  /** Nothing was edited yet. */
  idle?: boolean;
  /** What no file has is deleted, after the plan has shown it and somebody has ticked it off. */
  prune?: boolean;
  onApplied?: (applied: Applied) => void;
}

/** Plan, look, give a reason, apply. A plan counts only for the very text it was made of. */
export function ChangeForm({ files, idle = false, prune = false, onApplied }: Props) {
  const { t } = useTranslation();
  const may = useMay('configure');
  const plan = usePlan();
  const apply = useApply();
  const [reason, setReason] = useState('');
  const [confirmed, setConfirmed] = useState(false);
  const wanted = { files, prune };
  const text = JSON.stringify(wanted);
  const isOf = plan.variables !== undefined && JSON.stringify(plan.variables) === text;
  const current = isOf ? plan.data : undefined;
  const problems = apply.error ? asFailure(apply.error).problems : [];
  const deletes = current !== undefined && current.deletes.length > 0;
  const pruned = prune ? current?.changes.filter((one) => one.action === 'delete').length ?? 0 : 0;
  const grave = deletes || pruned > 0;

  const ask = () => {
    apply.reset();
    setConfirmed(false);
    plan.mutate(wanted);
  };
  const make = () => {
    if (!current) return;
    apply.mutate({ ...wanted, revision: current.revision, reason, confirmDeletion: deletes && confirmed }, {
      onSuccess: (applied) => {
        setReason('');
        plan.reset();
        onApplied?.(applied);
      },
    });
  };
  if (!may) return <NoPermission what={t('change.notAllowed')} />;
  return (
    <Stack gap="sm">
      <Group>
        <Button variant="default" onClick={ask} loading={plan.isPending} disabled={idle}>{t('change.plan')}</Button>
        {!current && !plan.isPending && !apply.isSuccess && <span className="quiet" style={{ fontSize: 14 }}>{idle ? t('change.idle') : t('change.planFirst')}</span>}
        {apply.isSuccess && !current && <Text role="status">{t('change.applied', { revision: apply.data.revision })}</Text>}
      </Group>
      {plan.isError && isOf && <ErrorNotice error={plan.error} sentence={t('change.planFailed')} />}
      {current && <PlanView plan={current} />}
      {current && isApplicable(current) && grave && (
        <Checkbox
          color="red" checked={confirmed} onChange={(event) => setConfirmed(event.currentTarget.checked)}
          label={[pruned > 0 && t('change.confirmPrune', { count: pruned }), deletes && t('change.confirmDeletion')].filter(Boolean).join(' ')}
        />
      )}
      {current && isApplicable(current) && (
        <Group align="flex-end">
          <TextInput
            label={t('change.reason')} placeholder={t('change.reasonExample')} value={reason} maxLength={500} style={{ flex: 1, minWidth: 240 }}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button onClick={make} loading={apply.isPending} disabled={grave && !confirmed} color={grave ? 'red' : undefined}>{t('change.apply')}</Button>
        </Group>
      )}
      {apply.isError && <ErrorNotice error={apply.error} sentence={t('change.applyFailed')} />}
      <ProblemList problems={problems} withFile />
    </Stack>
  );
}
