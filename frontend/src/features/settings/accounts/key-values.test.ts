import { describe, expect, it } from 'vitest';
import { accountNumber, EMPTY, requestOf, withoutBlanks } from './key-values';

describe('accountNumber', () => {
  it.each(['50001234-01', '5000123401', ' 5000 1234-01\n'])('reads %j', (text) => {
    expect(accountNumber(text)).toBe('50001234-01');
  });
  it.each(['', '50001234', '50001234-1', '50001234-012', '5000123a-01', '50001234_01'])('does not read %j', (text) => {
    expect(accountNumber(text)).toBeNull();
  });
});

describe('what was pasted', () => {
  it('loses blanks, line breaks and invisible marks', () => {
    expect(withoutBlanks(' PS\u200bab\r\ncd \ufeff')).toBe('PSabcd');
  });
  it('is sent as KIS writes it', () => {
    const entered = { ...EMPTY, name: ' 내 계좌 ', app_key: ' PSkey\n', account_no: '5000123401', hts_id: ' me ', password: ' keeps blanks ' };
    expect(requestOf(entered)).toMatchObject({
      name: '내 계좌',
      app_key: 'PSkey',
      account_no: '50001234-01',
      hts_id: 'me',
      password: ' keeps blanks ',
    });
  });
});
