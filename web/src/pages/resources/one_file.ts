import type { FileText } from '@/api/types';

/** Several YAML files as the documents of one, each under a comment with its path. */
export function oneFile(files: FileText[]): string {
  return files.map(({ path, text }) => `---\n# ${path}\n${text.replace(/^---\n/, '')}${text.endsWith('\n') ? '' : '\n'}`).join('');
}
