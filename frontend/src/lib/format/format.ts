import type { Locale } from '@/lib/preferences/store';

/** Shown where there is no value. */
export const NOTHING = '–';

const ZONE = 'Asia/Seoul';
const TAGS: Record<Locale, string> = { ko: 'ko-KR', en: 'en-US' };

/** Hours, minutes, seconds. */
const SPAN_UNITS: Record<Locale, [string, string, string]> = { ko: ['시간', '분', '초'], en: [' h', ' min', ' s'] };

type Nullable<T> = T | null | undefined;

export interface SignOption {
  /** Puts a plus before gains, so that colour is never the only sign. */
  signed?: boolean;
}

/** Every number, money amount and time the app shows is turned into text by one of these. */
export interface Format {
  /** A bare integer with thousands separators. */
  integer: (value: Nullable<number>) => string;
  /** Won with its unit: `1,234원` or `₩1,234`. */
  won: (value: Nullable<number>, options?: SignOption) => string;
  /** Won in few characters for axes: `1.0425억` or `₩104.25M`. */
  wonShort: (value: Nullable<number>) => string;
  /** A price without a unit, for tables whose heading says won. */
  price: (value: Nullable<number>, options?: SignOption) => string;
  /** An average price, which travels as a decimal string, digit for digit. */
  decimal: (value: Nullable<string>) => string;
  shares: (value: Nullable<number>) => string;
  /** A ratio as per cent: 0.1234 → `12.34%`. */
  percent: (ratio: Nullable<number>, options?: SignOption & { digits?: number }) => string;
  /** A plain number such as a Sharpe ratio. */
  number: (value: Nullable<number>, digits?: number) => string;
  /** A calendar date; `YYYY-MM-DD` is taken as it stands, without a time zone. */
  date: (value: Nullable<string>) => string;
  /** A month given as `YYYY-MM`. */
  month: (value: string) => string;
  /** The name of a month without its year; January is 1. */
  monthName: (month: number) => string;
  dateTime: (value: Nullable<string>) => string;
  time: (value: Nullable<string>) => string;
  /** A duration given in milliseconds, shown in seconds: `1.2초`. */
  seconds: (milliseconds: Nullable<number>) => string;
  /** A duration given in milliseconds: seconds below a minute, then its two greatest units: `2분 34초`. */
  span: (milliseconds: Nullable<number>) => string;
}

function sign(value: number, options?: SignOption): string {
  return options?.signed && value > 0 ? '+' : '';
}

/** Groups the whole part of a decimal string without ever making it a float. */
export function groupDecimal(value: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value.trim());
  if (!match) return value;
  const [, minus = '', whole = '', fraction = ''] = match;
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const kept = fraction.replace(/0+$/, '');
  return `${minus}${grouped}${kept ? `.${kept}` : ''}`;
}

export function createFormat(locale: Locale): Format {
  const tag = TAGS[locale];
  const integer = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(tag, {
    notation: 'compact',
    maximumSignificantDigits: 5,
    useGrouping: 'always',
  });
  const day = new Intl.DateTimeFormat(tag, {
    timeZone: ZONE,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const minute = new Intl.DateTimeFormat(tag, {
    timeZone: ZONE,
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const clock = new Intl.DateTimeFormat(tag, {
    timeZone: ZONE,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const plainDay = new Intl.DateTimeFormat(tag, {
    timeZone: 'UTC',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });

  const month = new Intl.DateTimeFormat(tag, { timeZone: 'UTC', year: 'numeric', month: 'short' });
  const monthName = new Intl.DateTimeFormat(tag, { timeZone: 'UTC', month: 'short' });

  const inWon = (value: number, digits: string, options?: SignOption) => {
    const minus = value < 0 ? '-' : sign(value, options);
    return locale === 'ko' ? `${minus}${digits}원` : `${minus}₩${digits}`;
  };
  const instant = (value: Nullable<string>, format: Intl.DateTimeFormat) => {
    if (!value) return NOTHING;
    const time = new Date(value);
    return Number.isNaN(time.getTime()) ? NOTHING : format.format(time);
  };
  const missing = (value: Nullable<number>): value is null | undefined =>
    value === null || value === undefined || Number.isNaN(value);

  const seconds = (milliseconds: Nullable<number>) =>
    missing(milliseconds)
      ? NOTHING
      : `${new Intl.NumberFormat(tag, { maximumFractionDigits: milliseconds < 10 ? 3 : 2 }).format(milliseconds / 1000)}${
          locale === 'ko' ? '초' : ' s'
        }`;

  return {
    integer: (value) => (missing(value) ? NOTHING : integer.format(value)),
    won: (value, options) =>
      missing(value) ? NOTHING : inWon(value, integer.format(Math.abs(value)), options),
    wonShort: (value) =>
      missing(value)
        ? NOTHING
        : `${value < 0 ? '-' : ''}${locale === 'en' ? '₩' : ''}${short.format(Math.abs(value))}`,
    price: (value, options) =>
      missing(value) ? NOTHING : `${sign(value, options)}${integer.format(value)}`,
    decimal: (value) => (value ? groupDecimal(value) : NOTHING),
    shares: (value) =>
      missing(value) ? NOTHING : `${integer.format(value)}${locale === 'ko' ? '주' : ''}`,
    percent: (ratio, options) => {
      if (missing(ratio)) return NOTHING;
      const digits = options?.digits ?? 2;
      const percent = ratio * 100;
      // A loss of 0.001 % must not read "-0.00%".
      const shown = Number(percent.toFixed(digits)) === 0 ? 0 : percent;
      return `${sign(shown, options)}${new Intl.NumberFormat(tag, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(shown)}%`;
    },
    number: (value, digits = 2) =>
      missing(value)
        ? NOTHING
        : new Intl.NumberFormat(tag, {
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
          }).format(value),
    date: (value) => {
      if (value && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
        return plainDay.format(new Date(`${value}T00:00:00Z`));
      }
      return instant(value, day);
    },
    month: (value) => month.format(new Date(`${value}-01T00:00:00Z`)),
    monthName: (value) => monthName.format(new Date(Date.UTC(2000, value - 1, 1))),
    dateTime: (value) => instant(value, minute),
    time: (value) => instant(value, clock),
    seconds,
    span: (milliseconds) => {
      if (missing(milliseconds) || milliseconds < 60_000) return seconds(milliseconds);
      const whole = Math.round(milliseconds / 1000);
      const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
      const first = parts.findIndex((part) => part > 0);
      const told = SPAN_UNITS[locale].map((unit, index) => `${parts[index]}${unit}`).slice(first, first + 2);
      return told.filter((text) => !/^0\D/.test(text)).join(' ');
    },
  };
}

/** Today's date in Seoul, moved by whole years and days. */
export function seoulDate(now: Date, shift: { years?: number; days?: number } = {}): string {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(now);
  const date = new Date(`${today}T00:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() + (shift.years ?? 0));
  date.setUTCDate(date.getUTCDate() + (shift.days ?? 0));
  return date.toISOString().slice(0, 10);
}
