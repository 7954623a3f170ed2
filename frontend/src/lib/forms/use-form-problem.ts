import { useState } from 'react';
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '@/lib/api/problem';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** The form's name for a field of the request; null when the form has no such field. */
export function matchField(field: string, names: string[]): string | null {
  const path = field.replace(/^\//, '').replaceAll('/', '.').replace(/\[(\d+)\]/g, '.$1');
  if (names.includes(path)) return path;
  // `symbols.3` belongs to the one control for all symbols; `keys.password` is a part of the request, not of the form.
  return names.find((name) => path.startsWith(`${name}.`)) ?? names.find((name) => path.endsWith(`.${name}`)) ?? null;
}

/** Every path of a form's values, parents before their children. */
export function fieldPaths(values: object, prefix = ''): string[] {
  return Object.entries(values).flatMap(([key, value]: [string, unknown]) => {
    const path = `${prefix}${key}`;
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    return nested ? [...fieldPaths(value, `${path}.`), path] : [path];
  });
}

/**
 * Shows what the server refused: beside the field it names when the form has that field, above the
 * button otherwise, and where it names a group of fields. `meanings` are sentences for fields that can be refused for one reason only.
 */
export function useFormProblem<T extends FieldValues>(
  form: UseFormReturn<T>,
  meanings: Partial<Record<Path<T>, string>> = {},
) {
  const problemText = useProblemText();
  const t = useTranslations('errors');
  const [text, setText] = useState<string | null>(null);

  const show = (error: unknown) => {
    const names = fieldPaths(form.getValues());
    const fields = error instanceof ApiProblem ? error.fields : [];
    // A code of its own says it better than the server's English remark on the field.
    const isGeneral = error instanceof ApiProblem && error.code === 'INVALID_FIELD';
    const sentence = (name: Path<T>, message: string) =>
      isGeneral && message
        ? (meanings[name] ?? t('FIELD_REFUSED', { message }))
        : problemText(error);
    let placed = 0;
    let ofGroup: string | null = null;
    for (const { field, message } of fields) {
      const name = matchField(field, names) as Path<T> | null;
      if (name === null) continue;
      if (names.some((other) => other.startsWith(`${name}.`))) {
        // A group of fields has no place for a sentence of its own.
        ofGroup ??= sentence(name, message);
        continue;
      }
      placed += 1;
      const options = { shouldFocus: placed === 1 };
      form.setError(name, { type: 'server', message: sentence(name, message) }, options);
    }
    setText(placed > 0 && placed === fields.length ? t('CHECK_FIELDS') : (ofGroup ?? problemText(error)));
  };
  const clear = () => setText(null);
  return { text, show, clear };
}
