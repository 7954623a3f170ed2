import { OctagonX } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { useCanWrite } from '@/lib/session/store';
import { useBindingSwitch, useHalt } from './use-kill-switch';

/** One click stops trading and cancels open orders; there is nothing to confirm. */
export function HaltButton() {
  const t = useTranslations('killSwitch');
  const canWrite = useCanWrite();
  const halted = useBindingSwitch()?.state === 'halted';
  const halt = useHalt();
  return (
    <Button
      variant="danger"
      size="sm"
      className="h-9"
      busy={halt.isPending}
      disabled={!canWrite || halted}
      title={t('haltHint')}
      onClick={() => halt.mutate()}
      data-testid="halt-button"
    >
      {!halt.isPending && <OctagonX aria-hidden />}
      {t('halt')}
    </Button>
  );
}
