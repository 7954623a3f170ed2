import { RadioGroup } from 'radix-ui';
import { useLayoutEffect, useRef } from 'react';
import { cn } from '@/lib/cn';

interface SegmentedProps<T extends string> {
  /** Nothing is marked while what holds is not known yet. */
  value: T | undefined;
  onChange: (value: T) => void;
  options: readonly { value: T; label: string; testId?: string }[];
  label: string;
  className?: string;
}

/** One choice of a few, all visible at once; too many for the width scroll sideways. */
export function Segmented<T extends string>({
  value,
  onChange,
  options,
  label,
  className,
}: SegmentedProps<T>) {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = root.current;
    const chosen = box?.querySelector<HTMLElement>('[data-state=checked]');
    if (box && chosen) box.scrollLeft = chosen.offsetLeft - (box.clientWidth - chosen.offsetWidth) / 2;
  }, [value]);
  return (
    <RadioGroup.Root
      ref={root}
      value={value ?? ''}
      onValueChange={(next) => onChange(next as T)}
      aria-label={label}
      orientation="horizontal"
      className={cn('relative inline-flex max-w-full overflow-x-auto rounded-lg border border-line bg-raised p-0.5 [scrollbar-width:none]', className)}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          data-testid={option.testId}
          className="h-8 flex-1 shrink-0 basis-auto rounded-md px-3 text-sm font-semibold whitespace-nowrap text-ink-soft hover:text-ink data-[state=checked]:bg-surface data-[state=checked]:text-ink data-[state=checked]:shadow-card dark:data-[state=checked]:bg-line"
        >
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
