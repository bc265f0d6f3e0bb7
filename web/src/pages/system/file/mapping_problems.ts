import type { FileReport, ResourceProblem } from '@/api/types';

export const MAPPING_FILE = 'mapping.yaml';

/** What is wrong with the mapping itself, as the editor shows it; the rest is about the file. */
export function mappingProblems(report: FileReport | null): ResourceProblem[] {
  return (report?.problems ?? []).filter((one) => one.code === 'mapping')
    .map(({ line, what, hint }) => ({ file: MAPPING_FILE, line: line ?? 0, column: 0, rule: 'mapping', what, hint }));
}

export function fileProblems(report: FileReport) {
  return report.problems.filter((one) => one.code !== 'mapping');
}

/** Whether the mapping needs to be told the folder that the file stood in. */
export function needsFolder(mapping: string): boolean {
  return mapping.split('\n').some((line) => !line.trimStart().startsWith('#') && line.includes('{folder}'));
}
