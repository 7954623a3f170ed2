import { Eye, EyeOff } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { useTranslations } from 'use-intl';
import { Input } from './field';

/** A field for keys that are pasted: hidden until somebody wants to see them, and never kept by the browser. */
export function SecretInput({ testId, ...props }: ComponentProps<'input'> & { testId: string }) {
  const t = useTranslations('common');
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <span className="relative">
      <Input
        {...props}
        data-testid={testId}
        type={shown ? 'text' : 'password'}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        className="pr-11 font-mono text-sm"
      />
      <button
        type="button"
        aria-label={t(shown ? 'hide' : 'reveal')}
        aria-pressed={shown}
        aria-controls={props.id}
        onClick={() => setShown(!shown)}
        data-testid={`${testId}-reveal`}
        className="absolute top-0.5 right-0.5 grid size-9 place-items-center rounded-md text-ink-faint hover:bg-raised hover:text-ink"
      >
        <Icon aria-hidden className="size-4.5" />
      </button>
    </span>
  );
}
