import type { Line } from './lines';

/** Lines that share one drawing area and, with it, one vertical scale. */
export interface Panel {
  key: string;
  unit: string;
  lines: Line[];
}

export type Layout = 'stacked' | 'together';

export const PANEL_MARGIN = { left: 64, right: 18, top: 28, gap: 14, bottom: 34 };

/** One panel a line, or one for each unit: what has no common unit has no common scale. */
export function panelsOf(lines: Line[], layout: Layout): Panel[] {
  if (layout === 'stacked') return lines.map((line) => ({ key: line.key, unit: line.unit, lines: [line] }));
  const byUnit = new Map<string, Panel>();
  for (const line of lines) {
    const key = line.type === 'bool' ? 'bool' : line.unit;
    const panel = byUnit.get(key) ?? { key, unit: line.unit, lines: [] };
    panel.lines.push(line);
    byUnit.set(key, panel);
  }
  return [...byUnit.values()];
}

export function panelHeight(count: number): number {
  if (count <= 1) return 300;
  if (count === 2) return 190;
  return count === 3 ? 150 : 125;
}

export function panelTop(index: number, height: number): number {
  return PANEL_MARGIN.top + index * (height + PANEL_MARGIN.top + PANEL_MARGIN.gap);
}

export function chartHeight(count: number): number {
  return panelTop(count - 1, panelHeight(count)) + panelHeight(count) + PANEL_MARGIN.bottom;
}
