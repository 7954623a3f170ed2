import type { AccountCheck } from './types';

/** One field the server refused, as named in the request body. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** A refused request: RFC 9457 problem+json, or a stand-in when there was no such body. */
export class ApiProblem extends Error {
  readonly status: number;
  /** Stable SCREAMING_SNAKE word that the message catalogue translates. */
  readonly code: string;
  readonly detail: string;
  readonly fields: FieldProblem[];
  readonly limit: string | null;
  readonly observed: string | null;
  readonly traceId: string | null;
  /** What a broker said, step by step, where it refused an account. */
  readonly check: AccountCheck | null;

  constructor(init: {
    status: number;
    code: string;
    detail: string;
    fields?: FieldProblem[];
    limit?: string | null;
    observed?: string | null;
    traceId?: string | null;
    check?: AccountCheck | null;
  }) {
    super(init.detail || init.code);
    this.name = 'ApiProblem';
    this.status = init.status;
    this.code = init.code;
    this.detail = init.detail;
    this.fields = init.fields ?? [];
    this.limit = init.limit ?? null;
    this.observed = init.observed ?? null;
    this.traceId = init.traceId ?? null;
    this.check = init.check ?? null;
  }
}

const CODE_BY_STATUS: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  423: 'HALTED',
  429: 'RATE_LIMITED',
  502: 'SERVER_UNREACHABLE',
  503: 'SERVER_UNREACHABLE',
  504: 'SERVER_UNREACHABLE',
};

function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

function readFields(body: Record<string, unknown>): FieldProblem[] {
  const listed = Array.isArray(body.errors) ? body.errors : [];
  const fields = listed.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { field, message } = entry as Record<string, unknown>;
    return typeof field === 'string' ? [{ field, message: text(message) ?? '' }] : [];
  });
  if (fields.length === 0 && typeof body.field === 'string' && body.field !== '') {
    fields.push({ field: body.field, message: text(body.detail) ?? '' });
  }
  return fields;
}

/** Reads what the server said about a refused request; anything unreadable keeps its status. */
export function toProblem(status: number, body: unknown): ApiProblem {
  const known = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return new ApiProblem({
    status,
    code: text(known.code) ?? CODE_BY_STATUS[status] ?? (status >= 500 ? 'INTERNAL' : 'BAD_REQUEST'),
    detail: text(known.detail) ?? text(known.title) ?? '',
    fields: readFields(known),
    limit: text(known.limit),
    observed: text(known.observed),
    traceId: text(known.trace_id),
    check: (known.check as AccountCheck | undefined) ?? null,
  });
}

/** The request never reached the server. */
export function networkProblem(): ApiProblem {
  return new ApiProblem({ status: 0, code: 'NETWORK', detail: '' });
}
