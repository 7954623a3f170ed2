import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { appearanceScript } from '@/lib/preferences/appearance';
import './globals.css';
import { Providers } from './providers';

export const metadata: Metadata = {
  title: 'Exodus',
  description: '전략을 만들고, 검증하고, 자동으로 거래합니다.',
  robots: { index: false },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#14181f' },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // The script below changes these attributes before React wakes up.
    <html lang="ko" data-colors="korean" suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: appearanceScript }} />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
