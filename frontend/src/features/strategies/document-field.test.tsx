import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { queries } from '@/lib/api/queries';
import { createQueryClient } from '@/lib/api/query-client';
import type { DocumentFindings } from '@/lib/api/types';
import type { DocumentParameter } from '@/lib/parameters/schema';
import { renderApp } from '@/lib/testing/render';
import { DocumentField } from './document-field';

const TEXT = 'version: "1.0"\nstrategy:\n  id: test\n';

const PARAMETER: DocumentParameter = {
  name: 'document',
  title: { ko: '규칙 문서', en: 'Document' },
  description: { ko: '전체 내용입니다.', en: 'The whole text.' },
  unit: null,
  group: null,
  when: null,
  maximum: 64,
};

const FOUND: DocumentFindings = {
  runs: false,
  findings: [
    { severity: 'error', line: 2, path: 'strategy.entry', message: { ko: '없습니다', en: 'is missing' }, suggestion: null },
    { severity: 'warning', line: 1, path: 'version', message: { ko: '오래되었습니다', en: 'is old' }, suggestion: null },
  ],
};

function Editor({ start }: { start: string }) {
  const [text, setText] = useState(start);
  return (
    <DocumentField
      document={PARAMETER}
      value={text}
      onChange={setText}
      onBlur={() => undefined}
      inputRef={() => undefined}
      error={undefined}
    />
  );
}

function show(start: string, locale: 'ko' | 'en' = 'ko') {
  const client = createQueryClient();
  client.setQueryData(queries.documentFindings(TEXT).queryKey, FOUND);
  renderApp(<Editor start={start} />, { client, locale });
  return screen.getByTestId<HTMLTextAreaElement>('strategy-document');
}

describe('DocumentField', () => {
  it('lists what was found in the reader’s language', () => {
    show(TEXT);
    expect(screen.getByRole('status').textContent).toBe('오류 1개 때문에 실행할 수 없습니다.');
    expect(screen.getByTestId('document-error').textContent).toBe('오류2행strategy.entry없습니다');
  });

  it('speaks English too', () => {
    show(TEXT, 'en');
    expect(screen.getByRole('status').textContent).toBe('1 error keeps the document from running.');
    expect(screen.getByTestId('document-warning').textContent).toBe('WarningLine 1versionis old');
  });

  it('goes to the line of a finding', async () => {
    const area = show(TEXT);
    await userEvent.click(screen.getByTestId('document-error'));
    expect(document.activeElement).toBe(area);
    expect(area.value.slice(area.selectionStart, area.selectionEnd)).toBe('strategy:');
  });

  it('takes the text of a file, and says why it does not', async () => {
    const area = show('');
    expect(screen.queryByTestId('document-findings')).toBeNull();
    const input = screen.getByTestId('strategy-document-file');
    const choose = (...parts: BlobPart[]) => userEvent.upload(input, new File(parts, 'rules.kis.yaml'), { applyAccept: false });
    await choose(TEXT);
    await waitFor(() => expect(area.value).toBe(TEXT));
    await choose('#'.repeat(65));
    expect((await screen.findByRole('alert')).textContent).toContain('넘을 수 없습니다');
    await choose(new Uint8Array([0xb8, 0xc5]));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('UTF-8'));
    expect(area.value).toBe(TEXT);
  });
});
