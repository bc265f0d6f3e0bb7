import { describe, expect, it } from 'vitest';
import { SseParser } from './sse_parser';

const STREAM = 'event: hello\ndata: {"a":1}\n\n: heartbeat\n\nevent: value\ndata: line 1\ndata: line 2\n\n';
const EVENTS = [
  { event: 'hello', data: '{"a":1}' },
  { event: 'value', data: 'line 1\nline 2' },
];

describe('the parser of server-sent events', () => {
  it('finds the same events however the stream is cut', () => {
    for (let size = 1; size <= STREAM.length; size += 1) {
      const parser = new SseParser();
      const found = [];
      for (let at = 0; at < STREAM.length; at += size) found.push(...parser.push(STREAM.slice(at, at + size)));
      expect(found).toEqual(EVENTS);
    }
  });
  it('takes all three ends of line, cut or not', () => {
    for (const end of ['\r\n', '\r', '\n']) {
      const text = STREAM.replaceAll('\n', end);
      for (const size of [1, 2, 3, 7, text.length]) {
        const parser = new SseParser();
        const found = [];
        for (let at = 0; at < text.length; at += size) found.push(...parser.push(text.slice(at, at + size)));
        expect(found).toEqual(EVENTS);
      }
    }
  });
  it('calls an event without a name a message, and needs data to have an event', () => {
    const parser = new SseParser();
    expect(parser.push('data:x\n\n')).toEqual([{ event: 'message', data: 'x' }]);
    expect(parser.push('event: value\n\n')).toEqual([]);
    expect(parser.push('data\n\n')).toEqual([{ event: 'message', data: '' }]);
  });
  it('keeps an unfinished event until it is whole', () => {
    const parser = new SseParser();
    expect(parser.push('event: value\ndata: {"x":')).toEqual([]);
    expect(parser.push('1}\n')).toEqual([]);
    expect(parser.push('\n')).toEqual([{ event: 'value', data: '{"x":1}' }]);
  });
});
