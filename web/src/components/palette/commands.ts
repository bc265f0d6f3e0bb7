import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useEdges } from '@/api/edges';
import { useModels } from '@/api/resources';
import { useSeriesSearch, useThingSearch } from '@/api/things';
import { labelOf } from '@/format/number';
import { changeLanguage } from '@/i18n';
import type { IconName } from '../Icon';

export interface Command {
  id: string;
  group: string;
  label: string;
  detail: string;
  icon: IconName;
  run: () => void;
}

const FEW = 8;

function matches(text: string, words: string): boolean {
  const folded = text.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => folded.includes(word));
}

export interface Found {
  commands: Command[];
  /** Whether these are the answers to these words, and not still to the ones before. */
  settled: boolean;
}

/** Everything Ctrl-K can find for these words: things, properties, models, edges, then commands. */
export function useCommands(words: string): Found {
  const { t } = useTranslation();
  const go = useNavigate();
  const foundThings = useThingSearch(words, FEW);
  const foundSeries = useSeriesSearch(words, FEW);
  const things = foundThings.data?.items ?? [];
  const series = foundSeries.data?.items ?? [];
  const waiting = [foundThings, foundSeries].some((one) => one.isPending || one.isPlaceholderData);
  const models = (useModels().data?.items ?? []).filter((one) => one.latest);
  const edges = useEdges().data?.items ?? [];
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';

  const command = (id: string, icon: IconName, label: string, run: () => void): Command =>
    ({ id, group: t('palette.commands'), label, detail: '', icon, run });
  const own = [
    command('things', 'things', t('palette.openThings'), () => go('/things')),
    command('attention', 'uncertain', t('palette.attention'), () => go('/things?show=attention')),
    command('explore', 'explore', t('palette.openExplore'), () => go('/explore')),
    command('onboarding', 'plus', t('palette.openOnboarding'), () => go('/onboarding')),
    command('quality', 'uncertain', t('palette.openQuality'), () => go('/quality')),
    command('models', 'model', t('palette.openModels'), () => go('/models')),
    command('sql', 'table', t('palette.openSql'), () => go('/sql')),
    command('resources', 'file', t('palette.openResources'), () => go('/resources')),
    command('edges', 'edges', t('palette.openEdges'), () => go('/edges')),
    command('system', 'system', t('palette.openSystem'), () => go('/system')),
    command('scheme', dark ? 'sun' : 'moon', dark ? t('nav.light') : t('nav.dark'), () => setColorScheme(dark ? 'light' : 'dark')),
    command('en', 'language', 'English', () => void changeLanguage('en')),
    command('zh', 'language', '简体中文', () => void changeLanguage('zh')),
  ];
  const commands = [
    ...things.map((thing): Command => ({
      id: `thing ${thing.id}`, group: t('palette.things'), label: thing.title, icon: 'things',
      detail: [thing.id, thing.site, thing.area, thing.line].filter(Boolean).join(' · '),
      run: () => go(`/things/${thing.id}`),
    })),
    ...(words === '' ? [] : series).map((one): Command => ({
      id: `series ${one.id}`, group: t('palette.properties'), label: labelOf(one.title, one.property), icon: 'explore',
      detail: `${one.thing} · ${one.property}`,
      run: () => go(`/things/${one.thing}?p=${one.property}`),
    })),
    ...(words === '' ? [] : models).filter((model) => matches(`${model.name} ${model.title}`, words)).slice(0, FEW).map((model): Command => ({
      id: `model ${model.name}`, group: t('palette.models'), label: model.title || model.name, icon: 'model',
      detail: `${model.name}@${model.version}`,
      run: () => go(`/models/${model.name}`),
    })),
    ...edges.filter((edge) => matches(edge.name, words)).slice(0, FEW).map((edge): Command => ({
      id: `edge ${edge.name}`, group: t('palette.edges'), label: edge.name, icon: 'edges',
      detail: edge.connected ? t('edge.connected') : t('edge.disconnected'),
      run: () => go(`/edges/${edge.name}`),
    })),
    ...own.filter((one) => matches(one.label, words)),
  ];
  return { commands, settled: !waiting };
}
