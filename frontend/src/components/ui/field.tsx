import { useId, type ComponentProps, type ReactNode } from 'react';
import { cn } from '@/lib/cn';

const CONTROL =
  'w-full min-w-0 rounded-lg border border-line-strong/70 bg-surface px-3 text-ink placeholder:text-ink-faint ' +
  'focus-visible:border-accent focus-visible:outline-1 focus-visible:-outline-offset-1 ' +
  'disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(CONTROL, 'h-10', className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(CONTROL, 'min-h-20 py-2', className)} {...props} />;
}

/** The platform's own select: it is the one that works best on a phone and with a screen reader. */
export function Select({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <span className={cn('relative inline-block w-full', className)}>
      <select className={cn(CONTROL, 'h-10 appearance-none pr-9')} {...props}>
        {children}
      </select>
      <svg
        aria-hidden
        viewBox="0 0 16 16"
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-ink-faint"
      >
        <path d="M4 6l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.6" />
      </svg>
    </span>
  );
}

export interface FieldWiring {
  id: string;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
}

interface FieldProps {
  label: ReactNode;
  /** What to enter, shown under the control until there is an error. */
  hint?: ReactNode;
  error?: string;
  optional?: string;
  className?: string;
  children: (wiring: FieldWiring) => ReactNode;
}

/** Ties label, control, hint and error together for eyes and screen readers alike. */
export function Field({ label, hint, error, optional, className, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className={cn('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-semibold text-ink-soft">
        {label}
        {optional && <span className="ml-1.5 font-normal text-ink-faint">{optional}</span>}
      </label>
      {children({
        id,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': note ? noteId : undefined,
      })}
      {note && (
        <p
          id={noteId}
          role={error ? 'alert' : undefined}
          className={cn('text-sm', error ? 'font-medium text-danger' : 'text-ink-faint')}
        >
          {note}
        </p>
      )}
    </div>
  );
}

/** A name above something that carries its own label for screen readers, such as a row of choices. */
export function Group({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col items-start gap-1.5">
      <span aria-hidden className="text-sm font-semibold text-ink-soft">
        {name}
      </span>
      {children}
      {hint && <p className="text-sm text-ink-faint">{hint}</p>}
    </div>
  );
}
