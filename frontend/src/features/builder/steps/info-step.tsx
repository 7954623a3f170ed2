import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field, Input, Textarea } from '@/components/ui/field';
import { wordOf } from '@/lib/i18n/word-of';
import { withValue } from '@/features/builder/document/edit';
import { useBuilder } from '@/features/builder/state/context';

const CATEGORIES = ['trend', 'momentum', 'mean_reversion', 'volatility', 'oscillator', 'volume', 'breakout', 'pattern', 'reversal', 'composite', 'custom'];

const tagsOf = (text: string) =>
  text
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);

/** What a document says about itself. */
export function InfoStep() {
  const t = useTranslations('builder.info');
  const categories = useTranslations('builder.info.categories');
  const { rules, edit } = useBuilder();
  const { metadata, id, category } = rules;
  const set = (path: string[]) => (value: unknown) => edit((text) => withValue(text, path, value), path.join('.'));
  return (
    <Card data-path="metadata">
      <CardHeader title={t('title')} hint={t('hint')} />
      <CardBody className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('name')}>
            {(wiring) => <Input {...wiring} data-path="metadata.name" value={metadata.name} onChange={({ target }) => set(['metadata', 'name'])(target.value)} data-testid="info-name" />}
          </Field>
          <Field label={t('author')}>
            {(wiring) => <Input {...wiring} data-path="metadata.author" value={metadata.author} onChange={({ target }) => set(['metadata', 'author'])(target.value)} data-testid="info-author" />}
          </Field>
          <Field label={t('id')} hint={t('idHint')}>
            {(wiring) => (
              <Input {...wiring} data-path="strategy.id" value={id} spellCheck={false} onChange={({ target }) => set(['strategy', 'id'])(target.value)} data-testid="info-id" />
            )}
          </Field>
          <Field label={t('category')}>
            {(wiring) => (
              <>
                <Input {...wiring} data-path="strategy.category" list="rule-categories" value={category} onChange={({ target }) => set(['strategy', 'category'])(target.value)} data-testid="info-category" />
                <datalist id="rule-categories">
                  {CATEGORIES.map((word) => (
                    <option key={word} value={word}>
                      {wordOf(categories, word)}
                    </option>
                  ))}
                </datalist>
              </>
            )}
          </Field>
        </div>
        <Field label={t('description')}>
          {(wiring) => (
            <Textarea {...wiring} data-path="metadata.description" rows={3} value={metadata.description} onChange={({ target }) => set(['metadata', 'description'])(target.value)} data-testid="info-description" />
          )}
        </Field>
        <Field label={t('tags')} hint={t('tagsHint')}>
          {(wiring) => <TagsInput wiring={wiring} tags={metadata.tags} onChange={set(['metadata', 'tags'])} />}
        </Field>
      </CardBody>
    </Card>
  );
}

interface TagsInputProps {
  wiring: object;
  tags: string[];
  onChange: (tags: string[]) => void;
}

/** Keeps the comma one has just typed. */
function TagsInput({ wiring, tags, onChange }: TagsInputProps) {
  const [typed, setTyped] = useState('');
  const isOfTags = tagsOf(typed).join() === tags.join();
  return (
    <Input
      {...wiring}
      data-path="metadata.tags"
      value={isOfTags ? typed : tags.join(', ')}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(tagsOf(target.value));
      }}
      data-testid="info-tags"
    />
  );
}
