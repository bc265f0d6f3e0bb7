import type { Candidate } from '@/api/types';
import { sparkPath } from './spark_path';

type Recent = Candidate['properties'][number]['recent'];

/** The last values as a line; nothing where they are no numbers. */
export function Sparkline({ recent }: { recent: Recent }) {
  const values = recent.flatMap((one) => (typeof one.value === 'number' ? one.value : []));
  const path = sparkPath(values, 96, 18);
  return (
    <svg width={98} height={22} viewBox="-1 -2 98 22" aria-hidden>
      {path !== '' && <path d={path} fill="none" stroke="var(--mr-accent)" strokeWidth={1.4} />}
    </svg>
  );
}
