import { zodResolver } from '@hookform/resolvers/zod';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { armings } from '@/lib/api/armings';
import { queries } from '@/lib/api/queries';
import type { ArmingStanding } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences } from '@/lib/preferences/store';

const DAYS = [1, 2, 3, 4, 5] as const;

/** Takes the password and the typed sentence that let a strategy order with real money. */
export function ArmDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useTranslations('risk.arming');
  const [days, setDays] = useState(1);
  const { data } = useQuery(queries.arming(id, days));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('armTitle')} description={t('armHint')}>
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-semibold">{t('days')}</span>
          <Segmented
            label={t('days')}
            value={String(days)}
            onChange={(value) => setDays(Number(value))}
            options={DAYS.map((value) => ({ value: String(value), label: t('dayCount', { days: value }) }))}
          />
        </div>
        {data ? <ArmForm key={days} standing={data} onClose={onClose} /> : <Skeleton className="h-48" />}
      </div>
    </Dialog>
  );
}

function ArmForm({ standing, onClose }: { standing: ArmingStanding; onClose: () => void }) {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const locale = usePreferences((state) => state.locale);
  const { offer, version, strategy_id: id } = standing;
  const required = (field: string) => t('validation.required', { field });
  const form = useForm({
    resolver: zodResolver(
      z.object({
        sentence: z.string().trim().min(1, required(t('risk.arming.sentence'))),
        password: z.string().min(1, required(t('auth.password'))),
      }),
    ),
    defaultValues: { sentence: '', password: '' },
  });
  const problem = useFormProblem(form, {
    password: t('errors.WRONG_PASSWORD'),
    sentence: t('risk.arming.sentenceDiffers'),
  });
  if (!offer || version === null) return <FormProblem text={t('risk.arming.notReady')} />;
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit((values) =>
    armings.arm(id, { ...values, version, days: offer.days, max_loss: offer.max_loss }).then(() => {
      toast.success(t('risk.arming.armedNow'));
      void client.invalidateQueries({ queryKey: queries.armings().queryKey });
      onClose();
    }, problem.show),
  );
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4" data-testid="arm-form">
      <p className="rounded-lg bg-danger-soft px-3 py-2.5 text-sm font-semibold text-danger" data-testid="arm-worst">
        {t('risk.arming.period', {
          from: format.date(offer.first_date),
          to: format.date(offer.last_date),
          loss: format.won(offer.max_loss),
        })}
      </p>
      <div className="flex flex-col gap-1 text-sm">
        <span className="text-ink-soft">{t('risk.arming.typeThis')}</span>
        <code className="rounded-md bg-raised px-2.5 py-2 select-all" data-testid="arm-sentence-shown">
          {locale === 'ko' ? offer.sentence_ko : offer.sentence_en}
        </code>
      </div>
      <Field label={t('risk.arming.sentence')} error={errors.sentence?.message}>
        {(wiring) => <Input {...wiring} {...form.register('sentence')} autoComplete="off" data-testid="arm-sentence" />}
      </Field>
      <Field label={t('auth.password')} error={errors.password?.message}>
        {(wiring) => (
          <Input {...wiring} {...form.register('password')} type="password" autoComplete="current-password" data-testid="arm-password" />
        )}
      </Field>
      <FormProblem text={problem.text} />
      <div className="flex justify-end gap-2">
        <Button variant="secondary" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" variant="danger" busy={isSubmitting} data-testid="arm-submit">
          {t('risk.arming.arm')}
        </Button>
      </div>
    </form>
  );
}
