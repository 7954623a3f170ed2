import { describe, expect, it } from 'vitest';
import { bytesOf, textOf } from './text-file';

describe('a file', () => {
  it('is as long as its bytes', () => expect(bytesOf('매수')).toBe(6));

  it('is read as UTF-8 or not at all', async () => {
    const blob = (...bytes: number[]) => ({ arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer) }) as Blob;
    expect(await textOf(blob(0xeb, 0xa7, 0xa4))).toBe('매');
    // "매" in EUC-KR.
    expect(await textOf(blob(0xb8, 0xc5))).toBeNull();
  });
});
