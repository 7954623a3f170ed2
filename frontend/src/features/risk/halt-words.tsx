import { useTranslations } from 'use-intl';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { useOpenOrder } from '@/lib/navigation/open-order';
import { readHalt, type Found } from '@/lib/risk/halt-reason';

interface HaltWordsProps {
  /** As it was written down; null where nobody gave one. */
  reason: string | null;
  /** Who gave it; null for the program. */
  by: string | null;
  /** Leaves out how to clear it, where that is told beside. */
  brief?: boolean;
}

/** Why something was stopped: a person's own words, or what the program found and how to clear it. */
export function HaltWords({ reason, by, brief = false }: HaltWordsProps) {
  const t = useTranslations('risk');
  const found = reason && by === null ? readHalt(reason) : null;
  if (!found) return <p className="text-ink-soft">{reason ?? t('noReason')}</p>;
  return (
    <div className="flex flex-col gap-0.5" data-testid="halt-words" data-code={found.code}>
      <p>{t(`halts.${found.code}.what`)}</p>
      <Particulars found={found} />
      {!brief && <p className="text-ink-soft">{t(`halts.${found.code}.mend`)}</p>}
    </div>
  );
}

/** The figures and names that differ from one halt to the next. */
function Particulars({ found }: { found: Found }) {
  const t = useTranslations('risk.haltParts');
  const lacks = useTranslations('risk.lacks');
  const breaches = useTranslations('risk.breaches');
  const format = useFormat();
  const { open } = useOpenOrder();
  const { orderId, row, symbol, fills, books, words } = found;
  const parts = [
    row && t('row', { row }),
    symbol && t('symbol', { symbol }),
    fills && t('fills', fills),
    books?.cash && t('cash', { expected: format.won(books.cash.expected), told: format.won(books.cash.told) }),
    ...(books?.shares ?? []).map((held) =>
      t('shares', { symbol: held.symbol, expected: format.shares(held.expected), told: format.shares(held.told) }),
    ),
    ...(words ?? []).map((word) => wordOf(found.code === 'PREOPEN' ? lacks : breaches, word)),
  ].filter((part) => typeof part === 'string');
  if (parts.length === 0 && orderId === undefined) return null;
  return (
    <ul className="tabular list-disc pl-5 text-ink-soft">
      {parts.map((part) => (
        <li key={part}>{part}</li>
      ))}
      {orderId !== undefined && (
        <li>
          <button type="button" onClick={() => open(orderId)} className="min-h-6 underline underline-offset-2" data-testid="halt-order">
            {t('order', { id: orderId })}
          </button>
        </li>
      )}
    </ul>
  );
}
