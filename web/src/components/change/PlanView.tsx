import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Plan } from '@/api/types';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { ChangeList } from './ChangeList';
import { DeletionTable } from './DeletionTable';
import { EffectTable } from './EffectTable';
import { ProblemList } from './ProblemList';
import { ReplayNotes } from './ReplayNotes';
import { countsOf, effectRows } from './plan_text';

/** What would happen, in words and numbers, before it does. */
export function PlanView({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const counts = countsOf(plan.changes);
  const parts = (['create', 'update', 'delete'] as const).filter((one) => counts[one] > 0)
    .map((one) => t(`change.count.${one}`, { count: counts[one], number: formatInteger(counts[one], locale) }));
  if (plan.unchanged > 0) parts.push(t('change.unchanged', { count: plan.unchanged, number: formatInteger(plan.unchanged, locale) }));
  const harmful = effectRows(plan.effects);
  return (
    <Stack gap="sm" role="status" ref={(node) => node?.scrollIntoView?.({ block: 'nearest', behavior: 'smooth' })} style={{ scrollMarginBottom: 110 }}>
      {plan.problems.length > 0 && (
        <>
          <Text fw={600}>{t('change.hasProblems', { count: plan.problems.length })}</Text>
          <ProblemList problems={plan.problems} withFile />
        </>
      )}
      {plan.problems.length === 0 && plan.changes.length === 0 && <Text>{t('change.nothing')}</Text>}
      {plan.changes.length > 0 && (
        <>
          <Text fw={600}>{parts.join(t('list.separator'))}</Text>
          <ChangeList changes={plan.changes} />
        </>
      )}
      {plan.notes.length > 0 && (
        <div>
          <Text fw={600} mb={4}>{t('change.notes', { count: plan.notes.length })}</Text>
          <ProblemList problems={plan.notes} withFile />
        </div>
      )}
      {harmful.length > 0 && (
        <div>
          <Text fw={600} mb={4}>{t('change.effects')}</Text>
          <EffectTable effects={plan.effects} days={plan.replay.days} />
        </div>
      )}
      {plan.changes.length > 0 && <ReplayNotes plan={plan} />}
      {plan.deletes.length > 0 && <DeletionTable deletes={plan.deletes} />}
    </Stack>
  );
}
