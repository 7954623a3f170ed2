import { useTranslations } from 'use-intl';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { Segmented } from '@/components/ui/segmented';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { SymbolSearch } from './symbol-search';
import { RANGES, type PreviewState, type Range } from './use-preview';

/** Which issue is shown, and how much of its past. */
export function PreviewControls({ preview }: { preview: PreviewState }) {
  const t = useTranslations('preview');
  const issueName = useIssueName();
  const { issue, watched, picture } = preview;
  const shown = watched.map(({ symbol }) => symbol);
  const isOther = issue !== null && !shown.includes(issue.symbol);
  const nameOf = (symbol: string) => issueName(watched.find((item) => item.symbol === symbol) ?? issue ?? { symbol });
  const isDaily = (picture?.interval ?? '1d') === '1d';
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pt-4 pb-3 sm:px-5">
      <div className="mr-auto flex min-w-0 items-baseline gap-2">
        <h2 className="text-base font-bold">{t('title')}</h2>
        {issue && shown.length < 2 && (
          <span className="min-w-0 truncate text-sm text-ink-soft" data-testid="preview-issue" data-symbol={issue.symbol}>
            {issueName(issue)}
            {watched.length === 0 && <span className="ml-1.5 text-ink-faint">{t('example')}</span>}
          </span>
        )}
      </div>
      {shown.length > 1 && issue && (
        <span className="w-36">
          <ChoiceSelect
            label={t('issue')}
            value={issue.symbol}
            options={isOther ? [issue.symbol, ...shown] : shown}
            text={nameOf}
            onChange={(symbol) => preview.pick(watched.find((item) => item.symbol === symbol) ?? issue)}
            testId="preview-issue"
          />
        </span>
      )}
      <span data-testid="preview-search" className="w-full sm:w-36">
        <SymbolSearch onPick={preview.pick} placeholder={t('otherIssue')} testId="preview-symbol" />
      </span>
      {isDaily && (
        <Segmented
          label={t('range')}
          value={preview.range}
          onChange={(range: Range) => preview.setRange(range)}
          options={RANGES.map((value) => ({ value, label: t(`ranges.${value}`), testId: `preview-range-${value}` }))}
        />
      )}
    </div>
  );
}
