import { useTranslations } from 'use-intl';
import { Button } from './button';
import { Dialog } from './dialog';

interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: string;
  confirm: string;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks once more before something that cannot be undone. */
export function ConfirmDialog({ confirm, busy, onConfirm, ...dialog }: ConfirmDialogProps) {
  const t = useTranslations('common');
  return (
    <Dialog {...dialog}>
      <div className="flex justify-end gap-2">
        <Button variant="secondary" onClick={() => dialog.onOpenChange(false)}>
          {t('cancel')}
        </Button>
        <Button variant="danger" busy={busy} onClick={onConfirm} data-testid="confirm-button">
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
