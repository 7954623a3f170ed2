import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/field';
import type { StrategyType } from '@/lib/api/types';
import type { ParameterValues } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';

/** So many have room as buttons; more are a list. */
const MOST_BUTTONS = 4;

interface PresetPickerProps {
  presets: StrategyType['presets'];
  onPick: (values: ParameterValues) => void;
}

/** Ready-made parameters to start from. */
export function PresetPicker({ presets, onPick }: PresetPickerProps) {
  const t = useTranslations('strategies');
  const locale = usePreferences((state) => state.locale);
  const pick = (preset: StrategyType['presets'][number] | undefined) => {
    if (preset) onPick(preset.parameters as ParameterValues);
  };
  if (presets.length > MOST_BUTTONS) {
    return (
      <Select
        aria-label={t('presets')}
        // Nothing stays chosen: what was taken can be changed at once.
        value=""
        onChange={({ target }) => pick(presets.find(({ name }) => name.en === target.value))}
        className="w-56"
        data-testid="strategy-presets"
      >
        <option value="" disabled>
          {t('presets')}
        </option>
        {presets.map(({ name }) => (
          <option key={name.en} value={name.en}>
            {name[locale]}
          </option>
        ))}
      </Select>
    );
  }
  return presets.map((preset) => (
    <Button
      key={preset.name.en}
      variant="secondary"
      size="sm"
      onClick={() => pick(preset)}
      data-testid="strategy-preset"
    >
      {preset.name[locale]}
    </Button>
  ));
}
