// The one place that calls the hub. Everything else goes through the hooks beside this file.
import { Failure, failureOf } from './failure';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
/** A parameter that stands once for each of its texts, such as `tag=a:b&tag=c:d`. */
export interface Repeated {
  each: readonly string[];
}
export type Query = Record<string, string | number | boolean | readonly string[] | Repeated | null | undefined>;

interface RequestOptions {
  query?: Query;
  body?: unknown;
  /** A body that is no JSON, with its type. */
  text?: { type: string; content: string | Blob };
  signal?: AbortSignal;
}

let token: string | null = null;
const onEnded = new Set<() => void>();

export function setToken(next: string | null) {
  token = next;
}

/** Called when the hub no longer knows the session; the shell then asks for a new login. */
export function onSessionEnded(listener: () => void): () => void {
  onEnded.add(listener);
  return () => onEnded.delete(listener);
}

export function sessionEnded() {
  token = null;
  onEnded.forEach((listener) => listener());
}

export function urlOf(path: string, query: Query = {}): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    if (isRepeated(value)) {
      value.each.forEach((one) => pairs.append(name, one));
      continue;
    }
    const text = Array.isArray(value) ? value.join(',') : String(value);
    if (text !== '') pairs.set(name, text);
  }
  const text = pairs.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text ? `${path}?${text}` : path;
}

function isRepeated(value: NonNullable<Query[string]>): value is Repeated {
  return typeof value === 'object' && 'each' in value;
}

function headersOf(method: Method, type: string | null): HeadersInit {
  const headers: Record<string, string> = {};
  if (token) headers['Authorization'] = `Bearer ${token}`;
  if (method !== 'GET' && method !== 'HEAD') headers['X-Millrace-Request'] = '1';
  if (type !== null) headers['Content-Type'] = type;
  return headers;
}

/** The answer of the hub, whatever its kind; throws a Failure for anything but success. */
export async function call(method: Method, path: string, options: RequestOptions = {}) {
  const url = urlOf(path, options.query);
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: headersOf(method, options.text?.type ?? (options.body === undefined ? null : 'application/json')),
      body: options.text?.content ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      signal: options.signal,
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Failure({ what: String(error) }, `${method} ${url}`, elapsed());
  }
  if (response.ok) return response;
  const failure = await failureOf(response, `${method} ${url}`, elapsed());
  if (failure.code === 'unauthenticated' && path !== '/api/v1/login') sessionEnded();
  throw failure;
}

export async function request<T>(method: Method, path: string, options: RequestOptions = {}) {
  const response = await call(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
