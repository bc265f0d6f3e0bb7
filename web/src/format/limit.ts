import type { AlarmLimit } from '@/api/types';
import { NO_VALUE, formatSetting } from './number';

/** Where an alarm begins, without its unit: "> 7.1" or "< 0.5". */
export function limitText({ above, below }: Pick<AlarmLimit, 'above' | 'below'>, locale: string): string {
  if (above !== null) return `> ${formatSetting(above, locale)}`;
  return below === null ? NO_VALUE : `< ${formatSetting(below, locale)}`;
}

/** The value itself; null for a limit that has none. */
export function limitValue({ above, below }: Pick<AlarmLimit, 'above' | 'below'>): number | null {
  return above ?? below;
}
