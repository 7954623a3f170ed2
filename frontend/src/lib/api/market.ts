import { http, unwrap } from './client';
import type { Instrument, Interval, PageQuery } from './types';

export interface SymbolFilter {
  q?: string;
  market?: Instrument['market'];
  source?: 'demo' | 'imported';
}

/** The multipart body of an upload; the generated type knows a file only as a string. */
function importForm(file: File, adjusted: boolean): FormData {
  const form = new FormData();
  form.append('interval', '1d');
  form.append('adjusted', String(adjusted));
  form.append('file', file, file.name);
  return form;
}

export const market = {
  status: () => unwrap(http.GET('/api/v1/market/status')),
  symbols: (query: SymbolFilter & PageQuery) =>
    unwrap(http.GET('/api/v1/market/symbols', { params: { query } })),
  symbol: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/symbols/{symbol}', { params: { path: { symbol } } })),
  candles: (query: { symbol: string; interval: Interval; limit?: number }) =>
    unwrap(http.GET('/api/v1/market/candles', { params: { query } })),
  quote: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/quote/{symbol}', { params: { path: { symbol } } })),
  orderBook: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/orderbook/{symbol}', { params: { path: { symbol } } })),
  imports: (query: PageQuery) =>
    unwrap(http.GET('/api/v1/market/imports', { params: { query } })),
  upload: (file: File, adjusted: boolean) =>
    unwrap(
      http.POST('/api/v1/market/imports', {
        body: { file: file.name, interval: '1d', adjusted },
        bodySerializer: () => importForm(file, adjusted),
      }),
    ),
  cancelImport: (id: number) =>
    unwrap(http.POST('/api/v1/market/imports/{id}/cancel', { params: { path: { id } } })),
};
