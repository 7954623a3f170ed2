import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import { Input } from '@/components/ui/field';
import { Segmented } from '@/components/ui/segmented';
import { Sheet } from '@/components/ui/sheet';
import type { CandlestickBlock, IndicatorBlock } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { usePreferences } from '@/lib/preferences/store';
import { useBuilder } from '@/features/builder/state/context';
import type { EntryKind } from './new-entry';

const SHELVES = ['moving_average', 'oscillator', 'trend', 'volume', 'volatility', 'other'] as const;
const ALL = 'all';
type Shelf = (typeof SHELVES)[number] | typeof ALL;

interface BlockPickerProps {
  /** What is listed first; the other kind can be chosen only where both make sense. */
  kind: EntryKind;
  both?: boolean;
  onPick: (kind: EntryKind, id: string) => void;
  onClose: () => void;
}

type Block = IndicatorBlock | CandlestickBlock;

/** Whether every word one looks for is somewhere in what a block is called and told by. */
export function isFound({ id, title, description }: Block, search: string): boolean {
  const told = [id, title.ko, title.en, description.ko, description.en].join(' ').toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => told.includes(word));
}

/** Every indicator and pattern there is, to search and to take one of. */
export function BlockPicker({ kind: first, both = false, onPick, onClose }: BlockPickerProps) {
  const t = useTranslations('builder.picker');
  const { blocks } = useBuilder();
  const [kind, setKind] = useState<EntryKind>(first);
  const [shelf, setShelf] = useState<Shelf>(ALL);
  const [search, setSearch] = useState('');
  const indicators = blocks.indicators.filter((block) => isFound(block, search));
  const patterns = blocks.candlesticks.filter((block) => isFound(block, search));
  const onShelf = indicators.filter(({ category }) => shelf === ALL || category === shelf);
  const listed: Block[] = kind === 'indicators' ? onShelf : patterns;
  return (
    <Sheet title={t('title')} onClose={onClose} testId="block-picker">
      <div className="sticky top-0 z-1 flex flex-col gap-2.5 border-b border-line bg-surface px-4 py-3 sm:px-6">
        <Input
          type="search"
          // The list is opened to search in it.
          autoFocus
          aria-label={t('search')}
          placeholder={t('search')}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
          onKeyDown={(event) => {
            const only = listed.filter(({ available }) => available);
            if (event.key === 'Enter' && search && only[0]) onPick(kind, only[0].id);
          }}
          data-testid="picker-search"
        />
        {both && (
          <Segmented
            label={t('kind')}
            value={kind}
            onChange={(next: EntryKind) => setKind(next)}
            options={[
              { value: 'indicators', label: t('indicators', { count: indicators.length }), testId: 'picker-indicators' },
              { value: 'candlesticks', label: t('patterns', { count: patterns.length }), testId: 'picker-patterns' },
            ]}
          />
        )}
        {kind === 'indicators' && (
          <Segmented
            label={t('shelf')}
            value={shelf}
            onChange={(next: Shelf) => setShelf(next)}
            options={[ALL, ...SHELVES].map((value) => ({
              value: value as Shelf,
              label: value === ALL ? t('all') : t(`shelves.${value as (typeof SHELVES)[number]}`),
              testId: `picker-shelf-${value}`,
            }))}
          />
        )}
      </div>
      {listed.length === 0 && <p className="px-6 py-10 text-center text-sm text-ink-faint">{t('none')}</p>}
      <ul className="divide-y divide-line" aria-label={t('title')}>
        {listed.map((block) => (
          <li key={block.id}>
            <BlockButton block={block} onPick={() => onPick(kind, block.id)} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function BlockButton({ block, onPick }: { block: Block; onPick: () => void }) {
  const t = useTranslations('builder.picker');
  const locale = usePreferences((state) => state.locale);
  return (
    <button
      type="button"
      disabled={!block.available}
      onClick={onPick}
      data-testid={`picker-${block.id}`}
      className={cn('flex w-full min-w-0 flex-col gap-1 px-4 py-3 text-left -outline-offset-2 sm:px-6', block.available ? 'hover:bg-raised' : 'cursor-not-allowed')}
    >
      <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <span className={cn('font-semibold', !block.available && 'text-ink-faint')}>{block.title[locale]}</span>
        <span className="font-mono text-xs text-ink-faint">{block.id}</span>
        {!block.available && <Badge tone="warn">{t('unavailable')}</Badge>}
        {'bars' in block && block.available && <Badge>{t('bars', { count: block.bars })}</Badge>}
        {'pane' in block && <Badge>{t(block.pane === 'price' ? 'onPrice' : 'ownPane')}</Badge>}
      </span>
      <span className="text-sm text-ink-soft">{block.description[locale]}</span>
    </button>
  );
}
