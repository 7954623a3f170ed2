import { describe, expect, it } from 'vitest';
import { exportCommand, exportFileName } from './export-command';

const request = { symbols: '005930', interval: '1d', prices: 'adjusted', format: 'csv' } as const;

describe('exportFileName', () => {
  it('names one issue and counts several', () => {
    expect(exportFileName(request)).toBe('005930-1d-adjusted.csv');
    expect(exportFileName({ ...request, symbols: '005930,000660' })).toBe('2-symbols-1d-adjusted.csv');
  });
});

describe('exportCommand', () => {
  it('asks for the same as the form', () => {
    const command = exportCommand({ ...request, from: '2024-01-02', as_of: '2025-06-30' });
    expect(command.replace(/ \\\n {2}/g, ' ')).toBe(
      'exodus export bars --symbols 005930 --interval 1d --from 2024-01-02 --prices adjusted ' +
        '--as-of 2025-06-30 --format csv --out 005930-1d-adjusted.csv',
    );
  });
  it('never puts an empty list of symbols or an as-of date of raw prices into the command', () => {
    const command = exportCommand({ ...request, symbols: '', prices: 'raw', as_of: '2025-06-30' });
    expect(command).toContain('--symbols all');
    expect(command).not.toContain('--as-of');
  });
});
