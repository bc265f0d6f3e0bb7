import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveStream, waitBefore, type LiveSinks } from './live_stream';

interface Opened {
  url: string;
  signal: AbortSignal;
  send: (text: string) => void;
  end: () => void;
}

const HELLO = 'event: hello\ndata: {"time":"2026-03-01T06:00:00Z","interval_ms":500,"heartbeat_ms":15000}\n\n';
let opened: Opened[] = [];
let refuse = false;

function fakeFetch(url: string, { signal }: { signal: AbortSignal }) {
  if (refuse) return Promise.reject(new TypeError('connection refused'));
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      signal.addEventListener('abort', () => controller.error(new DOMException('stopped', 'AbortError')));
      opened.push({ url, signal, send: (text) => controller.enqueue(encoder.encode(text)), end: () => controller.close() });
    },
  });
  return Promise.resolve(new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } }));
}

function make() {
  const sinks = { value: vi.fn(), edge: vi.fn(), opened: vi.fn(), sessionEnded: vi.fn(), state: vi.fn() };
  return { sinks, stream: new LiveStream(sinks as LiveSinks) };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the live stream', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('fetch', vi.fn(fakeFetch));
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    opened = [];
    refuse = false;
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('asks for the things in one call and hands on what comes', async () => {
    const { sinks, stream } = make();
    stream.follow(['pump-2', 'pump-1', 'pump-2']);
    await pass(0);
    expect(opened[0]!.url).toBe('/api/v1/live?things=pump-1,pump-2&interval=500ms');
    opened[0]!.send(`${HELLO}event: value\ndata: {"thing":"pump-1"}\n\nevent: edge\ndata: {"name":"edge-1"}\n\n`);
    await pass(10);
    expect(stream.state.phase).toBe('live');
    expect(sinks.value).toHaveBeenCalledWith({ thing: 'pump-1' });
    expect(sinks.edge).toHaveBeenCalledWith({ name: 'edge-1' });
    stream.stop();
  });

  it('opens the next stream before it ends the one before', async () => {
    const { stream } = make();
    stream.follow(['pump-1']);
    await pass(0);
    opened[0]!.send(HELLO);
    await pass(10);
    stream.follow(['pump-1', 'pump-2']);
    await pass(100);
    expect(opened).toHaveLength(1);
    await pass(200);
    expect(opened).toHaveLength(2);
    expect(opened[0]!.signal.aborted).toBe(true);
    expect(stream.state.phase).toBe('live');
    stream.stop();
  });

  it('says since when it is lost, and comes back by itself', async () => {
    const { stream } = make();
    stream.follow(['pump-1']);
    await pass(0);
    opened[0]!.send(HELLO);
    await pass(10);
    const before = Date.now();
    refuse = true;
    opened[0]!.end();
    await pass(3_000);
    expect(stream.state.phase).toBe('lost');
    expect(stream.state.lostSince).toBe(before);
    expect(stream.state.attempt).toBeGreaterThan(1);
    refuse = false;
    stream.retryNow();
    await pass(0);
    opened[1]!.send(HELLO);
    await pass(10);
    expect(stream.state).toMatchObject({ phase: 'live', lostSince: null, attempt: 0 });
    stream.stop();
  });

  it('takes two and a half silent heartbeats for a dead connection', async () => {
    const { stream } = make();
    stream.follow(['pump-1']);
    await pass(0);
    opened[0]!.send(HELLO);
    await pass(30_000);
    opened[0]!.send(': heartbeat\n\n');
    await pass(37_000);
    expect(opened[0]!.signal.aborted).toBe(false);
    await pass(1_000);
    expect(opened[0]!.signal.aborted).toBe(true);
    expect(stream.state.phase).toBe('lost');
    stream.stop();
  });

  it('tells when the hub ended the session', async () => {
    const { sinks, stream } = make();
    stream.follow([]);
    await pass(0);
    expect(opened[0]!.url).toBe('/api/v1/live?interval=500ms');
    opened[0]!.send(`${HELLO}event: end\ndata: {"reason":"session_ended"}\n\n`);
    await pass(10);
    expect(sinks.sessionEnded).toHaveBeenCalledTimes(1);
    stream.stop();
  });

  it('waits longer each time, with jitter, and never longer than 19 s', () => {
    expect(waitBefore(0, 0.5)).toBe(500);
    expect(waitBefore(3, 0.5)).toBe(4000);
    expect(waitBefore(30, 0.999)).toBeLessThan(19_000);
    expect(waitBefore(2, 0)).toBeLessThan(waitBefore(2, 1));
  });
});
