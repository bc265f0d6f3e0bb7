// One stream for the whole page: it follows what the page wants to see, comes back by itself, and
// says since when it is silent.
import { call } from '../client';
import { asFailure } from '../failure';
import type { Edge, LiveEnd, LiveHello, LiveValue } from '../types';
import { SseParser, type StreamEvent } from './sse_parser';

export interface LiveState {
  phase: 'idle' | 'connecting' | 'live' | 'lost';
  /** When the stream fell silent, ms since 1970. */
  lostSince: number | null;
  retryAt: number | null;
  attempt: number;
  reason: string;
  /** Clock of the hub minus clock of this browser, in ms. */
  clockMs: number;
}

export interface LiveSinks {
  value: (value: LiveValue) => void;
  edge: (edge: Edge) => void;
  opened: () => void;
  sessionEnded: () => void;
  state: (state: LiveState) => void;
}

export const THINGS_MAX = 200;
const SETTLE_MS = 250;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export function waitBefore(attempt: number, random: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.75 + random / 2);
}

export class LiveStream {
  private things: string[] = [];
  private current: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private heartbeatMs = 15_000;
  state: LiveState = {
    phase: 'idle', lostSince: null, retryAt: null, attempt: 0, reason: '', clockMs: 0,
  };

  constructor(private readonly sinks: LiveSinks) {}

  /** Follow these things; the old stream ends when the new one speaks. */
  follow(things: string[]) {
    const wanted = [...new Set(things)].sort().slice(0, THINGS_MAX);
    const same = wanted.length === this.things.length && wanted.every((t, i) => t === this.things[i]);
    if (same && this.state.phase !== 'idle') return;
    this.things = wanted;
    if (this.state.phase === 'lost') return;
    this.after(this.state.phase === 'idle' ? 0 : SETTLE_MS);
  }

  retryNow() {
    this.after(0);
  }

  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.current?.abort();
    this.current = null;
    this.change({ phase: 'idle', lostSince: null, retryAt: null, attempt: 0 });
  }

  private after(ms: number) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.open(), ms);
  }

  private change(part: Partial<LiveState>) {
    this.state = { ...this.state, ...part };
    this.sinks.state(this.state);
  }

  private async open() {
    const previous = this.current;
    const mine = new AbortController();
    this.current = mine;
    if (this.state.phase === 'idle') this.change({ phase: 'connecting' });
    this.watch(mine);
    try {
      const response = await call('GET', '/api/v1/live', {
        query: { things: this.things, interval: '500ms' }, signal: mine.signal,
      });
      previous?.abort();
      await this.read(response, mine);
      this.lost(mine, 'ended');
    } catch (error) {
      previous?.abort();
      this.lost(mine, asFailure(error).what);
    }
  }

  private async read(response: Response, mine: AbortController) {
    const parser = new SseParser();
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.current !== mine) return;
      this.watch(mine);
      for (const event of parser.push(value)) this.take(event);
    }
  }

  private take({ event, data }: StreamEvent) {
    const body: unknown = JSON.parse(data);
    if (event === 'value') this.sinks.value(body as LiveValue);
    else if (event === 'edge') this.sinks.edge(body as Edge);
    else if (event === 'hello') this.hello(body as LiveHello);
    else if (event === 'end' && (body as LiveEnd).reason === 'session_ended') {
      this.sinks.sessionEnded();
    }
  }

  private hello(hello: LiveHello) {
    this.heartbeatMs = hello.heartbeat_ms;
    this.sinks.opened();
    this.change({
      phase: 'live', lostSince: null, retryAt: null, attempt: 0, reason: '',
      clockMs: Date.parse(hello.time) - Date.now(),
    });
  }

  /** A connection that says nothing for two and a half heartbeats is dead, whatever TCP thinks. */
  private watch(mine: AbortController) {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => mine.abort(), this.heartbeatMs * 2.5);
  }

  private lost(mine: AbortController, reason: string) {
    if (this.current !== mine) return;
    this.current = null;
    clearTimeout(this.watchdog);
    if (this.state.phase === 'idle') return;
    const wait = waitBefore(this.state.attempt, Math.random());
    this.change({
      phase: 'lost', reason, attempt: this.state.attempt + 1, retryAt: Date.now() + wait,
      lostSince: this.state.lostSince ?? Date.now(),
    });
    this.after(wait);
  }
}
