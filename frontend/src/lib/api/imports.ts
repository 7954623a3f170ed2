import { ask, type Import, type ImportKind, type QuarantinedRow } from './contract';
import type { Interval, Page, PageQuery } from './types';

export interface ImportRequest {
  file: File;
  kind: ImportKind;
  interval: Interval;
  adjusted: boolean;
  /** Refuses the whole file at its first bad row. */
  strict: boolean;
}

/** The multipart body of an upload; the file comes last, so that the rest is known when it arrives. */
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
  list: (query: PageQuery) => ask<Page<Import>>('GET', '/market/imports', query),
  start: (request: ImportRequest) => ask<Import>('POST', '/market/imports', {}, importForm(request)),
  cancel: (id: number) => ask<Import>('POST', `/market/imports/${id}/cancel`),
  quarantine: (id: number, query: { reason?: string } & PageQuery) =>
    ask<Page<QuarantinedRow>>('GET', `/market/imports/${id}/quarantine`, query),
};
