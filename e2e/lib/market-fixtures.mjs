// Small files for the market page, made up from nothing: invented issues, and days that only a calendar can judge.

/** Days without a session in the time the bars cover: new year, lunar new year, independence day. */
const CLOSED = new Set(['2024-01-01', '2024-02-09', '2024-02-12', '2024-03-01']);

/** The check digit of a security number: letters count from 10, every second digit from the right twice (ISO 6166). */
function checkDigit(body) {
  const digits = [...body].map((letter) => parseInt(letter, 36)).join('');
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

export function isin(symbol) {
  const body = `KR7${symbol}00`;
  return body + checkDigit(body);
}

export const ISSUE_COLUMNS = 'symbol,isin,name_ko,name_en,market,asset,security_group,stock_kind,dept,listed_on,par_value,listed_shares,tax_type,status';

export const ISSUES = [
  { symbol: '990010', name: '한강전자', english: 'Hangang Electronics', market: 'KOSPI', status: 'LISTED' },
  { symbol: '990020', name: '새한강건설', english: 'New Hangang Construction', market: 'KOSDAQ', status: 'LISTED' },
  { symbol: '990030', name: '한강제지', english: 'Hangang Paper', market: 'KOSPI', status: 'DELISTED' },
];

/** A list of issues as KRX publishes it. */
export function symbolsCsv() {
  const rows = ISSUES.map(({ symbol, name, english, market, status }) =>
    [symbol, isin(symbol), name, english, market, 'STOCK', '주권', '보통주', '', '2020-03-02', 500, 12_345_678, '', status].join(','),
  );
  return [ISSUE_COLUMNS, ...rows].join('\n');
}

/** Every session of January to March 2024. */
export function sessions() {
  const days = [];
  for (let day = new Date('2024-01-02T00:00:00Z'); day < new Date('2024-04-01T00:00:00Z'); day.setUTCDate(day.getUTCDate() + 1)) {
    const date = day.toISOString().slice(0, 10);
    if (day.getUTCDay() % 6 !== 0 && !CLOSED.has(date)) days.push(date);
  }
  return days;
}

/** The week that the bars leave out. */
export const GAP = ['2024-02-19', '2024-02-20', '2024-02-21', '2024-02-22', '2024-02-23'];

const BARS_HEADER = 'symbol,date,open,high,low,close,volume';

/** Raw daily bars of the first issue, all on the grid of 100 won, without those of one week. */
export function goodBars() {
  const days = sessions().filter((date) => !GAP.includes(date));
  return days.map((date, day) => {
    const close = 70_000 + (day % 7) * 100;
    return ['990010', date, close - 100, close + 200, close - 300, close, 1_000 + day].join(',');
  });
}

/** One row for each way of being wrong, by the word that the server has for it. */
export const BAD_ROWS = {
  off_grid: '990010,2024-04-01,70000,70200,69900,70055,1000',
  high_below_low: '990010,2024-04-02,70000,69900,70200,70000,1000',
  non_session: '990010,2024-04-06,70000,70200,69900,70000,1000',
  unreadable: '990010,2024-04-03,70000,many,69900,70000,1000',
};

export function barsCsv(rows) {
  return [BARS_HEADER, ...rows].join('\n');
}
