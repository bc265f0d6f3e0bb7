// Ticks of a time axis at round local times of the plant, also across a change of the clocks.
import { offsetMinutes } from '@/format/time';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;
const STEPS = [
  S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S, M, 2 * M, 5 * M, 10 * M, 15 * M, 30 * M, H, 2 * H, 3 * H,
  6 * H, 12 * H, D, 2 * D, 7 * D, 14 * D, 30 * D, 91 * D, 182 * D, 365 * D,
];

export function tickStep(spanMs: number, most: number): number {
  return STEPS.find((step) => spanMs / step <= most) ?? STEPS.at(-1)! * Math.ceil(spanMs / most / STEPS.at(-1)!);
}

export function timeTicks(start: number, end: number, zone: string, most: number): number[] {
  const step = tickStep(end - start, Math.max(most, 2));
  const local = (ms: number) => ms + offsetMinutes(ms, zone) * M;
  const ticks: number[] = [];
  let wall = Math.ceil(local(start) / step) * step;
  for (; ticks.length < 100; wall += step) {
    const guess = wall - offsetMinutes(wall - offsetMinutes(start, zone) * M, zone) * M;
    if (guess > end) break;
    if (guess >= start) ticks.push(guess);
  }
  return ticks;
}
