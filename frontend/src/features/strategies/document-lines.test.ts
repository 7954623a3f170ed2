import { describe, expect, it } from 'vitest';
import { bytesOf, rangeOfLine, textOf } from './document-lines';

describe('rangeOfLine', () => {
  const text = 'version: "1.0"\nstrategy:\n\n  id: test';
  const lineAt = (line: number) => text.slice(...rangeOfLine(text, line));

  it('is the line without its end', () => {
    expect([1, 2, 3, 4].map(lineAt)).toEqual(['version: "1.0"', 'strategy:', '', '  id: test']);
    expect(rangeOfLine(text, 2)).toEqual([15, 24]);
  });

  it('stays inside the text', () => {
    expect([lineAt(0), lineAt(9)]).toEqual(['version: "1.0"', '  id: test']);
    expect(rangeOfLine('', 3)).toEqual([0, 0]);
  });
});

describe('a file', () => {
  it('is as long as its bytes', () => expect(bytesOf('매수')).toBe(6));

  it('is read as UTF-8 or not at all', async () => {
    const blob = (...bytes: number[]) => ({ arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer) }) as Blob;
    expect(await textOf(blob(0xeb, 0xa7, 0xa4))).toBe('매');
    // "매" in EUC-KR.
    expect(await textOf(blob(0xb8, 0xc5))).toBeNull();
  });
});
