import type { ComponentProps, ReactNode } from 'react';

interface IconButtonProps extends ComponentProps<'button'> {
  /** Said by screen readers and shown on hover. */
  label: string;
  children: ReactNode;
}

/** A button that shows an icon alone, with a label for screen readers and as a tooltip. */
export function IconButton({ label, children, className = '', ...rest }: IconButtonProps) {
  return (
    <button type="button" className={`button plain icon-only ${className}`} aria-label={label} title={label} {...rest}>
      {children}
    </button>
  );
}
