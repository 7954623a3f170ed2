import { Segmented } from '@/components/ui/segmented';
import { usePreferences, type Locale } from '@/lib/preferences/store';
import { useTranslations } from 'use-intl';

/** Each language is named in itself, so that it can be found by whoever reads it. */
const LANGUAGES = [
  { value: 'ko', label: '한국어', testId: 'language-ko' },
  { value: 'en', label: 'English', testId: 'language-en' },
] as const satisfies readonly { value: Locale; label: string; testId: string }[];

export function LanguageSwitch({ className }: { className?: string }) {
  const t = useTranslations('layout');
  const locale = usePreferences((state) => state.locale);
  const set = usePreferences((state) => state.set);
  return (
    <Segmented
      label={t('language')}
      value={locale}
      onChange={(next: Locale) => set({ locale: next })}
      options={LANGUAGES}
      className={className}
    />
  );
}

/** The header's small form: one button that names the other language. */
export function LanguageButton() {
  const t = useTranslations('layout');
  const locale = usePreferences((state) => state.locale);
  const set = usePreferences((state) => state.set);
  const other: Locale = locale === 'ko' ? 'en' : 'ko';
  return (
    <button
      type="button"
      lang={other}
      onClick={() => set({ locale: other })}
      data-testid="language-switch"
      className="grid h-9 min-w-9 place-items-center rounded-lg px-2 text-sm font-semibold text-ink-soft hover:bg-raised hover:text-ink"
    >
      <span>
        {other === 'ko' ? '한' : 'EN'}
        <span className="sr-only"> {t('switchLanguage')}</span>
      </span>
    </button>
  );
}
