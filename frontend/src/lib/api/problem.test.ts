import { describe, expect, it } from 'vitest';
import { toProblem } from './problem';

describe('toProblem', () => {
  it('keeps what the server said', () => {
    const problem = toProblem(422, {
      type: 'about:blank#MAX_ORDER_NOTIONAL',
      title: 'Unprocessable Entity',
      status: 422,
      detail: 'Order less.',
      code: 'MAX_ORDER_NOTIONAL',
      limit: 1000,
      observed: 2000,
      trace_id: 'abc',
    });
    expect(problem).toMatchObject({
      status: 422,
      code: 'MAX_ORDER_NOTIONAL',
      detail: 'Order less.',
      limit: '1000',
      observed: '2000',
      traceId: 'abc',
      fields: [],
    });
  });

  it('lists every refused field', () => {
    const errors = [
      { field: 'name', message: 'too long' },
      { field: 'symbols', message: 'empty' },
    ];
    expect(toProblem(422, { code: 'INVALID_FIELD', field: 'name', errors }).fields).toEqual(errors);
  });

  it('takes a lone field when there is no list', () => {
    expect(toProblem(422, { code: 'X', field: 'price', detail: 'off the grid' }).fields).toEqual([
      { field: 'price', message: 'off the grid' },
    ]);
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [429, 'RATE_LIMITED'],
    [502, 'SERVER_UNREACHABLE'],
    [500, 'INTERNAL'],
    [418, 'BAD_REQUEST'],
  ])('names a %d without a readable body %s', (status, code) => {
    expect(toProblem(status, '<html>').code).toBe(code);
  });
});
