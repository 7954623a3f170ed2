import { useMutation, useQueryClient } from '@tanstack/react-query';
import { OctagonX } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card, CardBody } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { admin } from '@/lib/api/admin';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** Stops everybody's trading; the banner that appears then holds the way back. */
export function GlobalHalt() {
  const t = useTranslations('admin');
  const client = useQueryClient();
  const problemText = useProblemText();
  const [asking, setAsking] = useState(false);
  const halt = useMutation({
    mutationFn: () => admin.halt(),
    onSuccess: (result) => {
      toast.success(t('globalHalted', { orders: result.cancelled_orders.length }));
      setAsking(false);
      void client.invalidateQueries({ queryKey: ['account', 'kill-switches'] });
    },
    onError: (error) => toast.error(problemText(error)),
  });
  return (
    <Card>
      <CardBody className="flex flex-wrap items-center justify-between gap-4 pt-4 sm:pt-5">
        <div className="min-w-0 flex-1">
          <p className="font-bold">{t('globalHalt')}</p>
          <p className="text-sm text-ink-faint">{t('globalHaltHint')}</p>
        </div>
        <Button variant="danger" onClick={() => setAsking(true)} data-testid="global-halt">
          <OctagonX aria-hidden />
          {t('globalHaltButton')}
        </Button>
      </CardBody>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('globalHaltTitle')}
        description={t('globalHaltConfirm')}
        confirm={t('globalHaltButton')}
        busy={halt.isPending}
        onConfirm={() => halt.mutate()}
      />
    </Card>
  );
}
