/** Icons the shared components draw themselves. */
export function CloseIcon() {
  return (
    <svg aria-hidden viewBox="0 0 16 16" className="size-4">
      <path d="M3.5 3.5l9 9m0-9l-9 9" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
    </svg>
  );
}
