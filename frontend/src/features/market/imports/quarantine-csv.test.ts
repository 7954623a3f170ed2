import { describe, expect, it, vi } from 'vitest';
import { imports } from '@/lib/api/imports';
import { quarantineCsv, toCsv } from './quarantine-csv';

const row = (number: number, cells = '') => ({
  row: number,
  symbol: '005930',
  time: '2026-01-02',
  field: 'close',
  reason: 'off_grid',
  cells,
});

describe('toCsv', () => {
  it('puts cells with commas and quotes into quotes', () => {
    expect(toCsv([row(7, '1,"2"')])).toBe(
      'row,symbol,time,field,reason,cells\r\n7,005930,2026-01-02,close,off_grid,"1,""2"""\r\n',
    );
  });
});

describe('quarantineCsv', () => {
  it('reads every page', async () => {
    const ask = vi
      .spyOn(imports, 'quarantine')
      .mockImplementation((_, { page = 1 }) =>
        Promise.resolve({ items: [row(page)], page, page_size: 1, total: 3 }),
      );
    const text = await (await quarantineCsv(1, 'off_grid')).text();
    expect(ask).toHaveBeenCalledTimes(3);
    expect(text.split('\r\n').map((line) => line.split(',')[0])).toEqual(['row', '1', '2', '3', '']);
  });
});
