import { http, unwrap } from './client';
import type { FileKind, Interval, PageQuery } from './types';

export interface ImportRequest {
  file: File;
  kind: FileKind;
  interval: Interval;
  adjusted: boolean;
  /** Refuses the whole file at its first bad row. */
  strict: boolean;
}

/** The multipart body of an upload; the generated type knows a file only as a string. */
function importForm({ file, kind, interval, adjusted, strict }: ImportRequest): FormData {
  const form = new FormData();
  form.append('kind', kind);
  form.append('strict', String(strict));
  if (kind === 'bars') {
    form.append('interval', interval);
    form.append('adjusted', String(adjusted));
  }
  form.append('file', file, file.name);
  return form;
}

export const imports = {
  list: (query: PageQuery) => unwrap(http.GET('/api/v1/market/imports', { params: { query } })),
  start: (request: ImportRequest) =>
    unwrap(
      http.POST('/api/v1/market/imports', {
        body: { ...request, file: request.file.name },
        bodySerializer: () => importForm(request),
      }),
    ),
  /** Asks the broker for what it publishes for everybody; each part becomes an import. */
  fetchFromBroker: () => unwrap(http.POST('/api/v1/market/imports/broker')),
  cancel: (id: number) =>
    unwrap(http.POST('/api/v1/market/imports/{id}/cancel', { params: { path: { id } } })),
  quarantine: (id: number, query: { reason?: string } & PageQuery) =>
    unwrap(
      http.GET('/api/v1/market/imports/{id}/quarantine', { params: { path: { id }, query } }),
    ),
};
