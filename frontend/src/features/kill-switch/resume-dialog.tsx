import { useTranslations } from 'use-intl';
import { PasswordDialog } from '@/components/finance/password-dialog';
import type { KillSwitch } from '@/lib/api/types';
import { useResume } from './use-kill-switch';

interface ResumeDialogProps {
  scope: KillSwitch['scope'];
  onClose: () => void;
}

/** Halting takes one click; resuming takes a password and a reason, which is kept. */
export default function ResumeDialog({ scope, onClose }: ResumeDialogProps) {
  const t = useTranslations('killSwitch');
  const resume = useResume(scope);
  return (
    <PasswordDialog
      title={t('resumeTitle')}
      description={t('resumeHint')}
      confirm={t('resume')}
      run={resume.mutateAsync}
      onClose={onClose}
      testId="resume"
    />
  );
}
