import { describe, expect, it } from 'vitest';
import { EMPTY_FORM, edgeFile, requestOf } from './account_text';

describe('the form of an account', () => {
  it('asks for what its kind needs and for nothing else', () => {
    const form = { ...EMPTY_FORM, name: 'e-1', site: 'works', topics: ' hall/# \n\nyard/+/x\n', mayCommand: true };
    expect(requestOf(form)).toEqual({ kind: 'edge', name: 'e-1', site: 'works', may_command: false });
    expect(requestOf({ ...form, kind: 'device' })).toEqual({ kind: 'device', name: 'e-1', topics: ['hall/#', 'yard/+/x'], may_command: false });
    expect(requestOf({ ...form, kind: 'consumer' })).toEqual({ kind: 'consumer', name: 'e-1', may_command: true });
  });
  it('is not sent while something is missing or is no name', () => {
    expect(requestOf({ ...EMPTY_FORM, name: 'E 1', site: 'works' })).toBeNull();
    expect(requestOf({ ...EMPTY_FORM, name: 'e-1' })).toBeNull();
    expect(requestOf({ ...EMPTY_FORM, kind: 'device', name: 'd', topics: ' \n' })).toBeNull();
  });
});

describe("an edge's file", () => {
  it('has what millrace-edge needs to find the hub', () => {
    const made = { kind: 'edge', name: 'edge-1', site: 'works', topics: [], may_command: false, password: 'aB-3_x' } as const;
    expect(edgeFile({ ...made, topics: [] }, '10.0.0.5:1883')).toBe(
      'site: works\nedge: edge-1\ndata_dir: edge-1\nhub:\n  servers: ["10.0.0.5:1883"]\n  user: edge-1\n  password: "aB-3_x"',
    );
  });
});
