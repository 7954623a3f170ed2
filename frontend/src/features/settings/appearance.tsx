import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { LanguageSwitch } from '@/components/layout/language-switch';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Segmented } from '@/components/ui/segmented';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences, type ColorConvention, type Theme } from '@/lib/preferences/store';

const THEMES: Theme[] = ['system', 'light', 'dark'];
const COLORS: ColorConvention[] = ['korean', 'western'];

export function Appearance() {
  const t = useTranslations('settings');
  const format = useFormat();
  const { theme, colors, set } = usePreferences();
  return (
    <Card>
      <CardHeader title={t('appearance')} hint={t('appearanceHint')} />
      <CardBody className="flex flex-col gap-5">
        <Row label={t('language')}>
          <LanguageSwitch />
        </Row>
        <Row label={t('theme')}>
          <Segmented
            label={t('theme')}
            value={theme}
            onChange={(next: Theme) => set({ theme: next })}
            options={THEMES.map((value) => ({
              value,
              label: t(`themes.${value}`),
              testId: `theme-${value}`,
            }))}
          />
        </Row>
        <Row
          label={t('colors')}
          hint={
            <span className="flex gap-3">
              <Change value={1} text={format.percent(0.0123, { signed: true })} />
              <Change value={-1} text={format.percent(-0.0123)} />
            </span>
          }
        >
          <Segmented
            label={t('colors')}
            value={colors}
            onChange={(next: ColorConvention) => set({ colors: next })}
            options={COLORS.map((value) => ({
              value,
              label: t(`colorConventions.${value}`),
              testId: `colors-${value}`,
            }))}
          />
        </Row>
      </CardBody>
    </Card>
  );
}

function Row({ label, hint, children }: { label: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div>
        <p className="font-medium">{label}</p>
        {hint && <div className="text-sm">{hint}</div>}
      </div>
      {children}
    </div>
  );
}
