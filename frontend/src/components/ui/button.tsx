import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

const VARIANTS = {
  primary: 'bg-primary text-primary-ink hover:opacity-90',
  secondary: 'border border-line-strong/60 bg-surface text-ink hover:bg-raised',
  ghost: 'text-ink-soft hover:bg-raised hover:text-ink',
  // Never paler under the pointer: what is written on them would be too faint.
  danger: 'bg-danger text-danger-ink hover:brightness-90 dark:hover:brightness-110',
  'danger-outline': 'border border-danger/60 text-danger hover:bg-danger-soft',
  up: 'bg-up text-white dark:text-black hover:brightness-90 dark:hover:brightness-110',
  down: 'bg-down text-white dark:text-black hover:brightness-90 dark:hover:brightness-110',
} as const;

const SIZES = {
  sm: 'h-8 gap-1.5 px-3 text-sm',
  md: 'h-10 gap-2 px-4 text-[0.9375rem]',
  lg: 'h-12 gap-2 px-5 text-base',
  icon: 'size-10 [&_svg]:size-5',
} as const;

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: keyof typeof VARIANTS;
  size?: keyof typeof SIZES;
  /** Disables the button and shows that work is under way. */
  busy?: boolean;
  /** Renders the child (such as a link) in the shape of a button. */
  asChild?: boolean;
}

export function Button({
  variant = 'primary',
  size = 'md',
  busy = false,
  asChild = false,
  className,
  children,
  disabled,
  type = 'button',
  ...props
}: ButtonProps) {
  const classes = cn(
    'inline-flex shrink-0 items-center justify-center rounded-lg font-semibold whitespace-nowrap transition-[opacity,filter,background-color,color]',
    'disabled:cursor-not-allowed disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    VARIANTS[variant],
    SIZES[size],
    className,
  );
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type={type}
      className={classes}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...props}
    >
      {busy && (
        <span
          aria-hidden
          className="size-4 animate-spin rounded-full border-2 border-current border-r-transparent"
        />
      )}
      {children}
    </button>
  );
}
