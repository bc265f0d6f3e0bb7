import { Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Proposal, ThingModelItem } from '@/api/types';
import { useLocale } from '@/i18n/locale';
import { shareText } from '@/pages/quality/strips';
import type { Choice } from './proposal_choice';
import { modelOptions } from './proposal_choice';

interface Props {
  proposal: Proposal;
  models: ThingModelItem[];
  sites: string[];
  choice: Choice;
  isName: (text: string) => boolean;
  text: string;
  onChange: (choice: Choice) => void;
}

/** Which thing, of which model, and where it stands. */
export function ProposalHead({ proposal, models, sites, choice, isName, text, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const rule = (name: string | null) => (name !== null && name !== '' && !isName(name) ? t('token.nameRule') : undefined);
  const options = modelOptions(proposal, models).map(({ value, score, isNew }) => ({
    value, label: isNew ? t('onboarding.newModel', { model: value }) : score === null ? value : `${value} · ${shareText(score, locale)}`,
  }));
  const place = (part: Partial<Choice['place']>) => onChange({ ...choice, place: { ...choice.place, ...part } });
  return (
    <section className="panel">
      <Group p="md" align="flex-start">
        <TextInput
          label={t('things.thing')} value={choice.thing ?? proposal.thing} onChange={(event) => onChange({ ...choice, thing: event.currentTarget.value })}
          error={choice.thing === '' ? t('token.nameRule') : rule(choice.thing)}
        />
        <NativeSelect label={t('things.model')} value={choice.model ?? proposal.model} onChange={(event) => onChange({ ...choice, model: event.currentTarget.value, decided: {} })} data={options} />
        <NativeSelect
          label={t('onboarding.site')} value={choice.place.site} onChange={(event) => place({ site: event.currentTarget.value })}
          data={[{ value: '', label: sites.length === 1 ? sites[0]! : t('things.noSite') }, ...(sites.length === 1 ? [] : sites).map((one) => ({ value: one, label: one }))]}
        />
        <Text className="quiet" size="sm" maw={380} pt={26}>{text}</Text>
      </Group>
    </section>
  );
}
