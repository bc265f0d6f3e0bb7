import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en.json';
import zh from './zh.json';

const SRC = join(__dirname, '..');
const PLURAL = /_(zero|one|two|few|many|other)$/;

function flat(words: object, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else flat(value as object, `${prefix}${key}.`).forEach((text, name) => all.set(name, text));
  }
  return all;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.|schema\.d/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}

function enumOf(name: string): string[] {
  const contract = readFileSync(join(SRC, '../../api/openapi.yaml'), 'utf8');
  const found = new RegExp(`^    ${name}:[^\\n]*(?:\\n {6,}[^\\n]*)*?enum: \\[([^\\]]+)\\]`, 'm').exec(contract);
  return found![1]!.split(',').map((one) => one.trim());
}

const english = flat(en);
const chinese = flat(zh);
const bare = (words: Map<string, string>) => new Set([...words.keys()].map((key) => key.replace(PLURAL, '')));
const code = sources(SRC).join('\n');
const literal = new Set([...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1]!));
// Keys made at run time: `edge.kind.${kind}` covers edge.kind.*
const made = [...code.matchAll(/\bt\(\s*`([^`]+)`/g)].map((match) => match[1]!);
const patterns = made.map((text) => new RegExp(`^${text.replace(/[.]/g, '\\.').replace(/\$\{[^}]+(\}\s*\))?[^}]*\}/g, '[^.]+')}$`));

describe('the words of the interface', () => {
  it('are the same keys in both languages', () => {
    expect([...bare(chinese)].sort()).toEqual([...bare(english)].sort());
  });
  it('exist for every key the code names', () => {
    const known = bare(english);
    expect([...literal].filter((key) => !known.has(key))).toEqual([]);
    expect(literal.size).toBeGreaterThan(150);
  });
  it('are all used', () => {
    const unused = [...bare(english)].filter((key) => !literal.has(key) && !patterns.some((pattern) => pattern.test(key)));
    expect(unused).toEqual([]);
  });
  it('have each plural form their language needs', () => {
    for (const [language, words] of [['en', english], ['zh', chinese]] as const) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const key of [...english.keys()].filter((one) => PLURAL.test(one))) {
        const missing = forms.filter((form) => !words.has(key.replace(PLURAL, `_${form}`)));
        expect({ key, language, missing }).toEqual({ key, language, missing: [] });
      }
    }
  });
  it('have the same gaps to fill in both languages', () => {
    const gaps = (text: string | undefined) => [...new Set((text ?? '').match(/\{\{\w+\}\}/g) ?? [])].sort();
    for (const [key, text] of chinese) expect({ key, gaps: gaps(text) }).toEqual({ key, gaps: gaps(english.get(key)) });
  });
  it('speak of every reason, every role and every error the hub can name', () => {
    const reasons = enumOf('Reason');
    expect(reasons.length).toBeGreaterThan(15);
    for (const reason of reasons) {
      const kinds = ['reason.short', 'reason.sentence', 'advice'];
      expect([reason, ...kinds.filter((kind) => !english.has(`${kind}.${reason}`))]).toEqual([reason]);
    }
    for (const role of enumOf('Role')) expect([role, english.has(`role.${role}`)]).toEqual([role, true]);
    for (const error of enumOf('ErrorCode')) expect([error, english.has(`error.sentence.${error}`)]).toEqual([error, true]);
  });
});
