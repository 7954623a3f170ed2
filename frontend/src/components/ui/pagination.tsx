import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from './button';

interface PaginationProps {
  page: number;
  pageSize: number;
  total: number;
  onChange: (page: number) => void;
}

export function Pagination({ page, pageSize, total, onChange }: PaginationProps) {
  const t = useTranslations('pagination');
  const pages = Math.max(1, Math.ceil(total / pageSize));
  if (pages === 1) return null;
  return (
    <nav
      aria-label={t('label')}
      className="flex items-center justify-between gap-3 border-t border-line px-4 py-3 text-sm text-ink-soft sm:px-5"
    >
      <span className="tabular">{t('total', { total })}</span>
      <span className="flex items-center gap-1">
        <Button
          variant="ghost"
          size="sm"
          aria-label={t('previous')}
          disabled={page <= 1}
          onClick={() => onChange(page - 1)}
        >
          <ChevronLeft aria-hidden />
        </Button>
        <span className="tabular px-1">{t('position', { page, pages })}</span>
        <Button
          variant="ghost"
          size="sm"
          aria-label={t('next')}
          disabled={page >= pages}
          onClick={() => onChange(page + 1)}
        >
          <ChevronRight aria-hidden />
        </Button>
      </span>
    </nav>
  );
}
