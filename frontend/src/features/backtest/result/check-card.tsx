import { useTranslations } from 'use-intl';
import { Badge, type Tone } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import type { Check, CheckOutcome } from '@/lib/api/types';
import { wordOf } from '@/lib/i18n/word-of';
import { ChanceRange } from './chance-range';
import { useCheckSentence } from './use-check-sentence';

const TONE: Record<CheckOutcome, Tone> = { passed: 'good', failed: 'danger', skipped: 'neutral' };
const MARK: Record<CheckOutcome, string> = { passed: '✓', failed: '✕', skipped: '–' };

interface CheckCardProps {
  check: Check;
  capital: number;
  final: number | null;
}

/** One probe: what it asks, whether the run stood it, and by how much. */
export function CheckCard({ check, capital, final }: CheckCardProps) {
  const t = useTranslations('robustness');
  const titles = useTranslations('robustness.titles');
  const questions = useTranslations('robustness.questions');
  const sentence = useCheckSentence();
  return (
    <li>
      <Card
        className="flex h-full flex-col gap-2 p-4 sm:p-5"
        data-testid="robustness-check"
        data-code={check.code}
        data-outcome={check.outcome}
      >
        <div className="flex items-start justify-between gap-3">
          <h3 className="font-bold">{wordOf(titles, check.code)}</h3>
          <Badge tone={TONE[check.outcome]}>
            <span aria-hidden>{MARK[check.outcome]}</span>
            {t(`outcomes.${check.outcome}`)}
          </Badge>
        </div>
        <p className="text-sm text-ink-faint">{wordOf(questions, check.code)}</p>
        <p className="tabular text-sm font-medium" data-testid="check-sentence">
          {sentence(check)}
        </p>
        <ChanceRange check={check} capital={capital} final={final} />
      </Card>
    </li>
  );
}
