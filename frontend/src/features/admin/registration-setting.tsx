import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslations } from 'use-intl';
import { Card, CardBody } from '@/components/ui/card';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import { admin } from '@/lib/api/admin';
import { queries } from '@/lib/api/queries';
import { useProblemText } from '@/lib/i18n/use-problem-text';

export function RegistrationSetting() {
  const t = useTranslations('admin');
  const id = useId();
  const client = useQueryClient();
  const problemText = useProblemText();
  const { data } = useQuery(queries.settings());
  const save = useMutation({
    mutationFn: admin.saveSettings,
    onSuccess: (saved) => client.setQueryData(queries.settings().queryKey, saved),
    onError: (error) => toast.error(problemText(error)),
  });
  const open = save.isPending ? save.variables.registration_open : data?.registration_open;
  return (
    <Card>
      <CardBody className="flex items-center justify-between gap-4 pt-4 sm:pt-5">
        <label htmlFor={id} className="min-w-0">
          <span className="block font-bold">{t('registration')}</span>
          <span className="block text-sm text-ink-faint">{t('registrationHint')}</span>
        </label>
        <Switch
          id={id}
          checked={open ?? false}
          disabled={!data || save.isPending}
          onCheckedChange={(next) => save.mutate({ registration_open: next })}
          data-testid="registration-open"
        />
      </CardBody>
    </Card>
  );
}
