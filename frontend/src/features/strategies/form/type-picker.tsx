import { RadioGroup } from 'radix-ui';
import { useTranslations } from 'use-intl';
import type { StrategyType } from '@/lib/api/types';
import { usePreferences } from '@/lib/preferences/store';

interface TypePickerProps {
  types: StrategyType[];
  value: string;
  onChange: (type: string) => void;
}

export function TypePicker({ types, value, onChange }: TypePickerProps) {
  const t = useTranslations('strategies');
  const locale = usePreferences((state) => state.locale);
  return (
    <RadioGroup.Root
      value={value}
      onValueChange={onChange}
      aria-label={t('type')}
      className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3"
    >
      {types.map((type) => (
        <RadioGroup.Item
          key={type.strategy_type}
          value={type.strategy_type}
          data-testid={`strategy-type-${type.strategy_type}`}
          className="flex flex-col gap-1 rounded-xl border border-line bg-surface p-4 text-left hover:border-line-strong data-[state=checked]:border-accent data-[state=checked]:ring-1 data-[state=checked]:ring-accent"
        >
          <span className="font-bold">{type.title[locale]}</span>
          <span className="text-sm text-ink-soft">{type.description[locale]}</span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
