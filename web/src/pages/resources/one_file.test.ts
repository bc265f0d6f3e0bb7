import { describe, expect, it } from 'vitest';
import { oneFile } from './one_file';

describe('one file of many', () => {
  it('holds each as a document of its own, whatever it begins and ends with', () => {
    expect(oneFile([{ path: 'sites/a.yaml', text: 'kind: Site\nname: a\n' }, { path: 'things/b.yaml', text: '---\nkind: Thing\nname: b' }])).toBe(
      '---\n# sites/a.yaml\nkind: Site\nname: a\n---\n# things/b.yaml\nkind: Thing\nname: b\n',
    );
    expect(oneFile([])).toBe('');
  });
});
