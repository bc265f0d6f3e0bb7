import type { DescriptionProblem, ErrorCode, Problem, ResourceProblem } from './types';

/** Why a call failed: the hub's own problem, or what the browser knows when there was no answer. */
export class Failure extends Error {
  readonly code: ErrorCode | 'unreachable';
  readonly status: number;
  readonly what: string;
  readonly hint: string;
  readonly retry: 'never' | 'later';
  readonly request: string;
  readonly elapsedMs: number;
  readonly at: number;
  /** What is wrong with the files that were sent, where the hub says it. */
  readonly problems: ResourceProblem[];
  /** What is wrong with a Thing Description that was sent. */
  readonly validationErrors: DescriptionProblem[];

  constructor(
    problem: Partial<Problem> & { problems?: ResourceProblem[]; validationErrors?: DescriptionProblem[] }, request: string, elapsedMs: number,
  ) {
    super(problem.what ?? problem.title ?? request);
    this.code = problem.code ?? 'unreachable';
    this.status = problem.status ?? 0;
    this.what = problem.what ?? '';
    this.hint = problem.hint ?? '';
    this.retry = problem.retry ?? 'later';
    this.request = request;
    this.elapsedMs = elapsedMs;
    this.at = Date.now();
    this.problems = problem.problems ?? [];
    this.validationErrors = problem.validationErrors ?? [];
  }
}

const BY_STATUS: Record<number, ErrorCode> = {
  400: 'invalid', 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found', 409: 'conflict',
  413: 'too_large', 429: 'limited', 501: 'unsupported', 503: 'unavailable', 504: 'timeout',
  507: 'no_space',
};

/** The failure that an answer stands for; an answer without a problem body is read by its status. */
export async function failureOf(response: Response, request: string, elapsedMs: number) {
  const type = response.headers.get('content-type') ?? '';
  const body: unknown = type.includes('json') ? await response.json().catch(() => null) : null;
  const problem = (body ?? {}) as Partial<Problem>;
  return new Failure(
    {
      ...problem,
      status: response.status,
      code: problem.code ?? BY_STATUS[response.status] ?? 'internal',
      what: problem.what ?? `HTTP ${response.status} ${response.statusText}`.trim(),
      retry: problem.retry ?? (response.status >= 502 ? 'later' : 'never'),
    },
    request,
    elapsedMs,
  );
}

export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new Failure({ code: 'internal', what, retry: 'never' }, '', 0);
}
