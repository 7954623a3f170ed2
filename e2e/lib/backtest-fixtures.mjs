// A small market for backtests, made up from nothing: six invented issues with two years of days, and an index.
import { ISSUE_COLUMNS, isin } from './market-fixtures.mjs';

const [FIRST, LAST] = ['2022-01-03', '2023-12-28'];

/** `busy` is the year in which an issue is traded most; `shares` makes it large or small. */
export const ISSUES = [
  { symbol: '990110', name: '가람전자', english: 'Garam Electronics', market: 'KOSPI', shares: 90_000_000, busy: 2022 },
  { symbol: '990120', name: '나래화학', english: 'Narae Chemical', market: 'KOSPI', shares: 60_000_000, busy: 2022 },
  { symbol: '990130', name: '다온건설', english: 'Daon Construction', market: 'KOSPI', shares: 30_000_000, busy: 2023 },
  { symbol: '990140', name: '라온제지', english: 'Raon Paper', market: 'KOSPI', shares: 10_000_000, busy: 2023 },
  { symbol: '990150', name: '마루바이오', english: 'Maru Bio', market: 'KOSDAQ', shares: 50_000_000, busy: 2022 },
  { symbol: '990160', name: '바다소프트', english: 'Bada Soft', market: 'KOSDAQ', shares: 5_000_000, busy: 2023 },
];

/** The list of issues as KRX publishes it. */
export function issuesCsv() {
  const rows = ISSUES.map(({ symbol, name, english, market, shares }) =>
    [symbol, isin(symbol), name, english, market, 'STOCK', '주권', '보통주', '', '2015-03-02', 500, shares, '', 'LISTED'].join(','),
  );
  return [ISSUE_COLUMNS, ...rows].join('\n');
}

/** Every working day; an import sets aside those on which the exchange was closed. */
function workingDays() {
  const days = [];
  for (let day = new Date(`${FIRST}T00:00:00Z`); day <= new Date(`${LAST}T00:00:00Z`); day.setUTCDate(day.getUTCDate() + 1)) {
    if (day.getUTCDay() % 6 !== 0) days.push(day.toISOString().slice(0, 10));
  }
  return days;
}

/** Up for a while and down for a while, each issue at its own pace, on the grid of 100 won. */
function close(day, place) {
  const period = 40 + 14 * place;
  const swing = Math.abs(((day + 9 * place) % period) - period / 2) / (period / 2);
  return 70_000 + 100 * Math.round(160 * swing) + 100 * ((day * 7 + place) % 5);
}

/** Raw daily bars of every issue; `more` shares are traded on each day. */
export function marketBars(more = 0) {
  const rows = ISSUES.flatMap(({ symbol, busy }, place) =>
    workingDays().map((date, day) => {
      const last = close(day, place);
      const volume = (date.startsWith(String(busy)) ? 400_000 : 40_000) + 1_000 * place + more;
      return [symbol, date, last - 100, last + 300, last - 300, last, volume].join(',');
    }),
  );
  return ['symbol,date,open,high,low,close,volume', ...rows].join('\n');
}

/** Levels of KOSPI that rise and fall by turns. */
export function indexCsv() {
  const rows = workingDays().map((date, day) => `KOSPI,${date},${(2_600 + 3 * Math.abs((day % 120) - 60) + (day % 7) / 4).toFixed(2)}`);
  return ['symbol,date,close', ...rows].join('\n');
}
