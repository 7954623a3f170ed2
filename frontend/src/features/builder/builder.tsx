import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { PreviewPanel } from '@/components/finance/strategy-preview';
import { usePreview } from '@/components/finance/use-preview';
import { Page } from '@/components/layout/page';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { FormProblem } from '@/components/ui/form-problem';
import { Segmented } from '@/components/ui/segmented';
import { toast } from '@/components/ui/toast';
import type { Blocks, Strategy, StrategyType } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useMediaQuery } from '@/lib/hooks/use-media-query';
import { RULES, type ParameterValues } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { useCanWrite } from '@/lib/session/store';
import { withValue } from './document/edit';
import { readRules } from './document/read';
import { FindingsList, RunState } from './findings-list';
import { PresetSheet } from './preset-sheet';
import { BuilderContext, type Builder as BuilderParts, type Finding } from './state/context';
import { focusField, pathOf, stepOf, type Step } from './state/places';
import { draftOf, draftOfPreset } from './state/start';
import { useDraft, type Draft } from './state/use-draft';
import { useFile } from './state/use-file';
import { useLeaveGuard } from './state/use-leave-guard';
import { useSave } from './state/use-save';
import { useSettings } from './state/use-settings';
import { useShortcuts } from './state/use-shortcuts';
import { useWords } from './state/use-words';
import { Steps } from './steps/steps';
import { SaveButton, Toolbar } from './toolbar';
import { YamlPanel } from './yaml/yaml-panel';

interface BuilderProps {
  type: StrategyType;
  blocks: Blocks;
  strategy: Strategy | null;
  start: Draft;
  settings: ParameterValues;
}

const VIEWS = ['form', 'preview', 'yaml'] as const;
type View = (typeof VIEWS)[number];
/** Beside the form there is room for both, or for one of them in full. */
const SIDES = ['both', 'preview', 'yaml'] as const;
type Side = (typeof SIDES)[number];
const NO_FINDINGS: Finding[] = [];

/** A strategy in the making: form, preview and text side by side, or one at a time where there is no room. */
export function Builder({ type, blocks, strategy, start, settings }: BuilderProps) {
  const t = useTranslations();
  const locale = usePreferences((state) => state.locale);
  const canWrite = useCanWrite();
  const isWide = useMediaQuery('(min-width: 1280px)');
  const root = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>('form');
  const [side, setSide] = useState<Side>('both');
  const [step, setStep] = useState<Step>('basics');
  const [showsPresets, setShowsPresets] = useState(false);
  const [target, setTarget] = useState<{ line: number } | null>(null);
  const [refused, setRefused] = useState<{ name?: string; symbols?: string }>({});

  const { draft, change, undo, redo, canUndo, canRedo } = useDraft(start);
  const { form, parameters, values } = useSettings(type, settings);
  const reading = useMemo(() => readRules(draft.document), [draft.document]);
  const [lastRules, setLastRules] = useState(() => {
    const first = reading.ok ? reading : readRules('{}');
    return first.ok ? first.rules : null;
  });
  if (reading.ok && reading.rules !== lastRules) setLastRules(reading.rules);
  const rules = reading.ok ? reading.rules : lastRules;
  if (!rules) throw new Error('an empty map is no document');

  const preview = usePreview({ type: RULES, parameters: { ...values, document: draft.document, overrides: draft.overrides }, symbols: draft.symbols });
  const findings = preview.answer?.findings ?? NO_FINDINGS;
  const words = useWords(blocks, rules, draft.overrides, values.interval === '1d');
  const saving = useSave(strategy);
  const isDirty = !saving.isSaved && canWrite && (draft !== start || form.formState.isDirty);
  const guard = useLeaveGuard(isDirty);
  const disabled = !canWrite || !reading.ok;

  const edit: BuilderParts['edit'] = useCallback(
    (make, key) =>
      change((draft) => {
        try {
          return { ...draft, document: make(draft.document) };
        } catch {
          // Part of a text that is reached by an anchor cannot be changed where it is shown.
          toast.error(t('builder.cannotEdit'));
          return draft;
        }
      }, key),
    [change, t],
  );
  const builder = useMemo<BuilderParts>(
    () => ({ draft, rules, blocks, words, disabled, findings, change, edit }),
    [draft, rules, blocks, words, disabled, findings, change, edit],
  );

  // A stored strategy keeps its name, and any keeps the issues that were chosen.
  const replace = (next: Draft) => change(({ symbols, name }) => ({ ...next, symbols, name: strategy ? name : next.name }));
  const file = useFile({ draft, rules, type, onOpen: (text, name) => replace(draftOf(text, name)) });
  const show = (to: Step) => {
    setStep(to);
    setView('form');
  };
  const go = (finding: Finding) => {
    setTarget({ line: finding.line });
    if (side === 'preview') setSide('both');
    const place = stepOf(finding.path);
    if (place) show(place);
    else setView('yaml');
    // The step is drawn first.
    requestAnimationFrame(() => root.current && focusField(root.current, finding.path));
  };
  const apply = ({ path, suggestion }: Finding) => edit((text) => withValue(text, pathOf(path), suggestion));
  const save = form.handleSubmit(
    ({ parameters: settled }) => {
      const missing = {
        name: draft.name.trim() ? undefined : t('validation.required', { field: t('strategies.name') }),
        symbols: draft.symbols.length > 0 ? undefined : t('validation.symbols'),
      };
      setRefused(missing);
      if (missing.name || missing.symbols) {
        show('basics');
        saving.setProblem(missing.name ?? missing.symbols ?? null);
      } else saving.save({ draft, rules, settings: settled });
    },
    () => {
      show('risk');
      saving.setProblem(t('errors.CHECK_FIELDS'));
    },
  );
  useShortcuts({ onUndo: undo, onRedo: redo, onSave: () => void save() }, canWrite);

  const actions = (
    <Toolbar
      canUndo={canUndo}
      canRedo={canRedo}
      onUndo={undo}
      onRedo={redo}
      onPresets={() => setShowsPresets(true)}
      onFile={(chosen) => void file.open(chosen)}
      onDownload={file.download}
      readOnly={!canWrite}
    />
  );
  const saveButton = canWrite && <SaveButton onSave={() => void save()} isSaving={saving.isPending} />;
  const isShown = (one: View) => (isWide ? one === 'form' || side === 'both' || side === one : view === one);
  return (
    <BuilderContext value={builder}>
      <div ref={root} {...file.dropping} data-testid="strategy-builder" data-dirty={isDirty} className={cn(file.isOver && 'rounded-xl outline-2 outline-offset-4 outline-accent outline-dashed')}>
        <Page title={t(strategy ? 'builder.editTitle' : 'builder.newTitle')} description={t('builder.hint')} actions={
          <>
            {actions}
            {isWide && saveButton}
          </>
        }>
          {!canWrite && <p role="status" className="rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">{t('builder.readOnly')}</p>}
          {canWrite && strategy?.is_active && <p role="status" className="rounded-lg bg-accent-soft px-4 py-3 text-sm text-accent">{t('builder.activeHint')}</p>}
          <FormProblem text={saving.problem} />
          {!isWide && (
            <div className="sticky top-14 z-20 -mx-3 flex items-center gap-3 border-b border-line bg-canvas px-3 py-2 sm:-mx-6 sm:px-6">
              <Segmented
                label={t('builder.views.label')}
                value={view}
                onChange={(next: View) => setView(next)}
                options={VIEWS.map((value) => ({ value, label: t(`builder.views.${value}`), testId: `builder-view-${value}` }))}
              />
              <span className="ml-auto hidden sm:block">
                <RunState answer={preview.answer} />
              </span>
              <span className="max-sm:ml-auto">{saveButton}</span>
            </div>
          )}
          <div className="grid min-w-0 items-start gap-5 xl:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
            {isShown('form') && (
              <div className="flex min-w-0 flex-col gap-5">
                {!reading.ok && (
                  <p role="alert" data-testid="builder-unreadable" className="rounded-lg bg-danger-soft px-4 py-3 text-sm font-medium text-danger">
                    {t('builder.unreadable', { line: reading.line })}
                  </p>
                )}
                <Steps step={step} onStep={setStep} form={form} parameters={parameters} refused={refused} onPresets={() => setShowsPresets(true)} />
                <FindingsList answer={preview.answer} isBehind={preview.isBehind} onGo={go} onApply={apply} />
              </div>
            )}
            {(isShown('preview') || isShown('yaml')) && (
              <div className="flex min-w-0 flex-col gap-4 xl:sticky xl:top-[4.75rem] xl:max-h-[calc(100dvh-5.5rem)] xl:overflow-y-auto xl:pb-1">
                {isWide && (
                  <Segmented
                    className="shrink-0 self-end"
                    label={t('builder.sides.label')}
                    value={side}
                    onChange={(next: Side) => setSide(next)}
                    options={SIDES.map((value) => ({ value, label: t(`builder.sides.${value}`), testId: `builder-side-${value}` }))}
                  />
                )}
                {isShown('preview') && <PreviewPanel preview={preview} className="shrink-0" />}
                {isShown('yaml') && <YamlPanel readOnly={!canWrite} target={target} className={cn('h-[calc(100dvh-14rem)] shrink-0', isWide && (side === 'yaml' ? 'h-[calc(100dvh-9.5rem)]' : 'h-[33rem] resize-y'))} />}
              </div>
            )}
          </div>
        </Page>
        {showsPresets && (
          <PresetSheet
            blocks={blocks}
            onClose={() => setShowsPresets(false)}
            onPick={(preset) => {
              replace(draftOfPreset(preset, locale));
              setShowsPresets(false);
            }}
          />
        )}
        <ConfirmDialog open={guard.isAsking} onOpenChange={(open) => !open && guard.stay()} title={t('builder.leave.title')} description={t('builder.leave.text')} confirm={t('builder.leave.confirm')} onConfirm={guard.leave} />
      </div>
    </BuilderContext>
  );
}
