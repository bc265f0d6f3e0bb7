import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chartPalette, lineColor } from '@/chart/colors';

const css = readFileSync(join(__dirname, 'global.css'), 'utf8');
const [, light, dark] = /:root \{([^}]+)\}[^{]*:root\[[^\]]+\] \{([^}]+)\}/.exec(css)!;

function colors(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--mr-([\w-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1]!, match[2]!]));
}

// WCAG 2.2, relative luminance and contrast ratio.
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

describe.each([['light', light!], ['dark', dark!]])('the %s colours', (name, block) => {
  const own = colors(block);
  const isDark = name === 'dark';
  it('let text be read on each ground it stands on (4.5:1)', () => {
    for (const text of ['text', 'quiet', 'bad', 'uncertain', 'stale', 'accent']) {
      for (const ground of ['ground', 'panel', 'hover']) {
        expect(contrast(own.get(text)!, own.get(ground)!), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(own.get('text')!, own.get('bad-ground')!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(own.get('text')!, own.get('selected')!)).toBeGreaterThanOrEqual(4.5);
  });
  it('let lines be seen on the chart (3:1)', () => {
    for (let i = 0; i < 8; i += 1) expect(contrast(lineColor(i, isDark), own.get('panel')!), lineColor(i, isDark)).toBeGreaterThanOrEqual(3);
  });
  it('are the same on the canvas as on the page', () => {
    const palette = chartPalette(isDark);
    for (const same of ['text', 'quiet', 'panel', 'bad', 'uncertain'] as const) expect(palette[same]).toBe(own.get(same));
  });
});
