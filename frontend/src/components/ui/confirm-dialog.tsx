import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Button, type ButtonProps } from './button';
import { Dialog } from './dialog';
import { FormProblem } from './form-problem';

interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: string;
  confirm: string;
  variant?: ButtonProps['variant'];
  busy?: boolean;
  /** Something stands in the way, which `children` tell. */
  disabled?: boolean;
  /** Why it was refused. */
  problem?: string | null;
  onConfirm: () => void;
  testId?: string;
  children?: ReactNode;
}

/** Asks once more before something of consequence. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { confirm, variant = 'danger', busy, disabled, problem = null, onConfirm, testId = 'confirm-button', children, ...dialog } = props;
  const t = useTranslations('common');
  return (
    <Dialog {...dialog}>
      <div className="flex flex-col gap-4">
        {children}
        <FormProblem text={problem} />
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={() => dialog.onOpenChange(false)}>
            {t('cancel')}
          </Button>
          <Button variant={variant} busy={busy} disabled={disabled} onClick={onConfirm} data-testid={testId}>
            {confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
