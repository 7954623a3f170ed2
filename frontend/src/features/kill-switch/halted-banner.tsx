import { lazy, Suspense, useState } from 'react';
import { OctagonX } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';
import { readHalt } from '@/lib/risk/halt-reason';
import { useCanWrite, useSession } from '@/lib/session/store';
import { useBindingSwitch } from './use-kill-switch';

// The form library is only worth loading once somebody wants to resume.
const ResumeDialog = lazy(() => import('./resume-dialog'));

/** Stays on every page until trading is allowed again. */
export function HaltedBanner() {
  const t = useTranslations('killSwitch');
  const format = useFormat();
  const binding = useBindingSwitch();
  const canWrite = useCanWrite();
  const isAdmin = useSession((state) => state.user?.role === 'admin');
  const [resuming, setResuming] = useState(false);
  if (!binding) return null;
  // What the program found has to be looked at before anybody lets trading go on.
  const isFound = binding.set_by === null && binding.reason !== null && readHalt(binding.reason) !== null;
  const mayResume = binding.scope === 'global' ? isAdmin : canWrite;
  return (
    <div
      role="alert"
      data-testid="halted-banner"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-danger/40 bg-danger-soft px-4 py-2.5 text-sm sm:px-5"
    >
      <OctagonX aria-hidden className="size-5 shrink-0 text-danger" />
      <p className="min-w-0 flex-1">
        <strong className="mr-2 font-bold text-danger">
          {t(binding.state === 'halted' ? 'haltedTitle' : 'reduceOnlyTitle')}
        </strong>
        <span className="text-ink-soft">
          {t(`scope.${binding.scope}`)} · {format.dateTime(binding.updated_at)}
          {isFound ? ` · ${t('byProgram')}` : binding.reason ? ` · ${binding.reason}` : ''}
        </span>
      </p>
      {isFound ? (
        <Button asChild variant="danger-outline" size="sm">
          <Link href="/risk/" prefetch={false} data-testid="halted-why">
            {t('why')}
          </Link>
        </Button>
      ) : mayResume ? (
        <Button
          variant="danger-outline"
          size="sm"
          onClick={() => setResuming(true)}
          data-testid="resume-button"
        >
          {t('resume')}
        </Button>
      ) : (
        <span className="text-ink-faint">{t('adminResumes')}</span>
      )}
      {resuming && (
        <Suspense>
          <ResumeDialog scope={binding.scope} onClose={() => setResuming(false)} />
        </Suspense>
      )}
    </div>
  );
}
