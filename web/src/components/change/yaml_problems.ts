// Where the problems of a file stand in its text.
import type { ResourceProblem } from '@/api/types';

/** Problems of one file by line, from 1; what concerns the file as a whole is at 0. */
export function problemsByLine(problems: readonly ResourceProblem[], file: string, lines: number): Map<number, ResourceProblem[]> {
  const byLine = new Map<number, ResourceProblem[]>();
  for (const problem of problems) {
    if (problem.file !== file) continue;
    const line = problem.line < 1 ? 0 : Math.min(problem.line, lines);
    byLine.set(line, [...(byLine.get(line) ?? []), problem]);
  }
  return new Map([...byLine].sort(([a], [b]) => a - b));
}

/** The place in the text that a problem speaks of, for the cursor. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const before = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
  return before + Math.min(Math.max(column - 1, 0), lines[at]!.length);
}

/** The text as the document of the next version. */
export function asVersion(yaml: string, version: number): string {
  if (/^version:.*$/m.test(yaml)) return yaml.replace(/^version:.*$/m, `version: ${version}`);
  return yaml.replace(/^(name:.*)$/m, `$1\nversion: ${version}`);
}
