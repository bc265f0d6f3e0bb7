// Server-sent events as the HTML standard has them (§9.2.6), for a stream that fetch reads.

export interface StreamEvent {
  event: string;
  data: string;
}

/** Takes pieces of a stream as they come and gives whole events; comments only prove life. */
export class SseParser {
  private rest = '';
  private event = '';
  private data: string[] = [];
  private lastWasCr = false;

  push(piece: string): StreamEvent[] {
    let text = piece;
    if (this.lastWasCr && text.startsWith('\n')) text = text.slice(1);
    if (piece.length > 0) this.lastWasCr = piece.endsWith('\r');
    const lines = (this.rest + text).split(/\r\n|\n|\r/);
    this.rest = lines.pop() ?? '';
    const found: StreamEvent[] = [];
    for (const line of lines) {
      const event = this.line(line);
      if (event) found.push(event);
    }
    return found;
  }

  private line(line: string): StreamEvent | null {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    if (field === 'data') this.data.push(value);
    return null;
  }

  private dispatch(): StreamEvent | null {
    const event = { event: this.event || 'message', data: this.data.join('\n') };
    const whole = this.data.length > 0;
    this.event = '';
    this.data = [];
    return whole ? event : null;
  }
}
