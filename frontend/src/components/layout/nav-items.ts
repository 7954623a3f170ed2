import {
  ArrowLeftRight,
  Bell,
  CandlestickChart,
  FlaskConical,
  History,
  LayoutDashboard,
  Settings,
  Scale,
  ShieldAlert,
  ShieldCheck,
  Sparkles,
  Wallet,
  type LucideIcon,
} from 'lucide-react';

export interface NavItem {
  href: string;
  /** Key under `nav` in the message catalogue. */
  label:
    | 'dashboard'
    | 'holdings'
    | 'trading'
    | 'strategies'
    | 'backtest'
    | 'signals'
    | 'history'
    | 'market'
    | 'risk'
    | 'proof'
    | 'settings'
    | 'admin';
  icon: LucideIcon;
  adminOnly?: boolean;
}

export const NAV_ITEMS: NavItem[] = [
  { href: '/', label: 'dashboard', icon: LayoutDashboard },
  { href: '/holdings/', label: 'holdings', icon: Wallet },
  { href: '/trading/', label: 'trading', icon: CandlestickChart },
  { href: '/strategies/', label: 'strategies', icon: Sparkles },
  { href: '/backtest/', label: 'backtest', icon: FlaskConical },
  { href: '/signals/', label: 'signals', icon: Bell },
  { href: '/history/', label: 'history', icon: History },
  { href: '/risk/', label: 'risk', icon: ShieldAlert },
  { href: '/proof/', label: 'proof', icon: Scale },
  { href: '/market/', label: 'market', icon: ArrowLeftRight },
  { href: '/settings/', label: 'settings', icon: Settings },
  { href: '/admin/', label: 'admin', icon: ShieldCheck, adminOnly: true },
];

/** The pages with a place of their own at the foot of a phone; the others are in the drawer. */
export const PHONE_ITEMS = NAV_ITEMS.slice(0, 4);

export function isCurrent(href: string, pathname: string): boolean {
  return href === '/' ? pathname === '/' : pathname.startsWith(href.replace(/\/$/, ''));
}
