import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { Sheet } from '@/components/ui/sheet';
import type { Blocks } from '@/lib/api/types';
import { usePreferences } from '@/lib/preferences/store';
import { readRules } from './document/read';
import { useWords } from './state/use-words';

interface PresetSheetProps {
  blocks: Blocks;
  onPick: (preset: Blocks['presets'][number]) => void;
  onClose: () => void;
}

/** Documents to start from, each told in words. */
export function PresetSheet({ blocks, onPick, onClose }: PresetSheetProps) {
  const t = useTranslations('builder.presets');
  return (
    <Sheet title={t('title')} description={t('hint')} onClose={onClose} testId="preset-sheet">
      <ul className="divide-y divide-line">
        {blocks.presets.map((preset) => (
          <li key={preset.id}>
            <PresetButton blocks={blocks} preset={preset} onPick={() => onPick(preset)} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

interface PresetButtonProps {
  blocks: Blocks;
  preset: Blocks['presets'][number];
  onPick: () => void;
}

function PresetButton({ blocks, preset, onPick }: PresetButtonProps) {
  const locale = usePreferences((state) => state.locale);
  const reading = useMemo(() => readRules(preset.document), [preset]);
  return (
    <button type="button" onClick={onPick} data-testid={`preset-${preset.id}`} className="flex w-full flex-col gap-1 px-4 py-3.5 text-left -outline-offset-2 hover:bg-raised sm:px-6">
      <span className="font-bold">{preset.name[locale]}</span>
      {reading.ok && <PresetSentences blocks={blocks} rules={reading.rules} />}
    </button>
  );
}

function PresetSentences({ blocks, rules }: { blocks: Blocks; rules: Extract<ReturnType<typeof readRules>, { ok: true }>['rules'] }) {
  const t = useTranslations('builder.summary');
  const words = useWords(blocks, rules, {}, true);
  return (['entry', 'exit'] as const).map((group) => (
    <span key={group} className="flex gap-2 text-sm text-ink-soft">
      <span className={group === 'entry' ? 'shrink-0 font-semibold text-up' : 'shrink-0 font-semibold text-down'}>{t(group === 'entry' ? 'buy' : 'sell')}</span>
      <span>{rules[group].conditions.map(words.sentence).join(t(rules[group].logic === 'AND' ? 'and' : 'or'))}</span>
    </span>
  ));
}
