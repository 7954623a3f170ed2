import { expect, it } from 'vitest';
import { particleAfter } from './josa';

it('follows how a word is read', () => {
  const subjects = ['종가', '거래량', '20일 단순이동평균', '이동평균 수렴확산(12, 26, 9)', '30', '1.02', '볼린저 밴드 [a]', 'RSI', 'signal', '%'];
  expect(subjects.map((word) => particleAfter(word, 'subject'))).toEqual(['가', '이', '이', '이', '이', '가', '가', '가', '이', '가']);
  expect(particleAfter('시가', 'object') + particleAfter('3', 'object') + particleAfter('저가', 'with')).toBe('를을와');
});
