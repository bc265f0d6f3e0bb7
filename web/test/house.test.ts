import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const WEB = join(__dirname, '..');
const SRC = join(WEB, 'src');

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const sources = files(SRC).filter((path) => !/\.test\.|schema\.d\.ts/.test(path));
const named = (path: string) => relative(SRC, path);

describe('the house of the web application', () => {
  it('calls the hub from api/ alone', () => {
    const callers = sources.filter((path) => /\bfetch\(|XMLHttpRequest|EventSource|navigator\.sendBeacon/.test(readFileSync(path, 'utf8')));
    expect(callers.map(named)).toEqual(['api/client.ts']);
  });
  it('has files of at most 200 lines', () => {
    const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 201);
    expect(long.map(named)).toEqual([]);
  });
  it('has one component in a file, named like it', () => {
    const components = sources.filter((path) => path.endsWith('.tsx') && /^[A-Z]/.test(path.split('/').at(-1)!));
    expect(components.length).toBeGreaterThan(40);
    for (const path of components) {
      const found = [...readFileSync(path, 'utf8').matchAll(/^export (?:default )?(?:function|const) ([A-Z]\w*)/gm)].map((match) => match[1]);
      expect([named(path), found]).toEqual([named(path), [path.split('/').at(-1)!.replace('.tsx', '')]]);
    }
  });
  it('keeps download addresses out of the lock file', () => {
    expect(readFileSync(join(WEB, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });
  it('imports ECharts by parts, in one place', () => {
    const importers = sources.filter((path) => /from 'echarts/.test(readFileSync(path, 'utf8')));
    expect(importers.map(named)).toEqual(['chart/echarts.ts']);
  });
});
