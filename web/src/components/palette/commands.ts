import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useEdges } from '@/api/edges';
import { useSeriesSearch, useThingSearch } from '@/api/things';
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

/** Everything Ctrl-K can find for these words: things, properties, edges, then commands. */
export function useCommands(words: string): Command[] {
  const { t } = useTranslation();
  const go = useNavigate();
  const things = useThingSearch(words, FEW).data?.items ?? [];
  const series = useSeriesSearch(words, FEW).data?.items ?? [];
  const edges = useEdges().data?.items ?? [];
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';

  const command = (id: string, icon: IconName, label: string, run: () => void): Command =>
    ({ id, group: t('palette.commands'), label, detail: '', icon, run });
  const commands = [
    command('things', 'things', t('palette.openThings'), () => go('/things')),
    command('attention', 'uncertain', t('palette.attention'), () => go('/things?show=attention')),
    command('explore', 'explore', t('palette.openExplore'), () => go('/explore')),
    command('edges', 'edges', t('palette.openEdges'), () => go('/edges')),
    command('system', 'system', t('palette.openSystem'), () => go('/system')),
    command('scheme', dark ? 'sun' : 'moon', dark ? t('nav.light') : t('nav.dark'), () => setColorScheme(dark ? 'light' : 'dark')),
    command('en', 'language', 'English', () => void changeLanguage('en')),
    command('zh', 'language', '简体中文', () => void changeLanguage('zh')),
  ];
  return [
    ...things.map((thing): Command => ({
      id: `thing ${thing.id}`, group: t('palette.things'), label: thing.title, icon: 'things',
      detail: [thing.id, thing.site, thing.area, thing.line].filter(Boolean).join(' · '),
      run: () => go(`/things/${thing.id}`),
    })),
    ...(words === '' ? [] : series).map((one): Command => ({
      id: `series ${one.id}`, group: t('palette.properties'), label: one.title, icon: 'explore',
      detail: `${one.thing} · ${one.property}`,
      run: () => go(`/things/${one.thing}?p=${one.property}`),
    })),
    ...edges.filter((edge) => matches(edge.name, words)).slice(0, FEW).map((edge): Command => ({
      id: `edge ${edge.name}`, group: t('palette.edges'), label: edge.name, icon: 'edges',
      detail: edge.connected ? t('edge.connected') : t('edge.disconnected'),
      run: () => go(`/edges/${edge.name}`),
    })),
    ...commands.filter((one) => matches(one.label, words)),
  ];
}
