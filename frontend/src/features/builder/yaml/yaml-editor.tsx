import { defaultKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Annotation, Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { Finding } from '@/features/builder/state/context';
import { highlighting, theme } from './yaml-theme';

interface YamlEditorProps {
  value: string;
  onChange: (text: string) => void;
  readOnly: boolean;
  label: string;
  marks: Mark[];
  /** The line to bring into view; told anew each time it is asked for. */
  target: { line: number } | null;
}

/** Something to say of a line. */
export interface Mark {
  line: number;
  severity: Finding['severity'];
  message: string;
}

/** A change that comes from outside, not from the keyboard. */
const fromOutside = Annotation.define<boolean>();

/** The text of a document, with colours and marks. What was done is remembered by the builder, not here. */
export default function YamlEditor({ value, onChange, readOnly, label, marks, target }: YamlEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const access = useRef(new Compartment());
  const latest = useRef({ value, onChange, readOnly, label });
  useEffect(() => {
    latest.current = { value, onChange, readOnly, label };
  });

  useEffect(() => {
    if (!box.current) return;
    const editor = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          lineNumbers(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          drawSelection(),
          bracketMatching(),
          indentOnInput(),
          yaml(),
          syntaxHighlighting(highlighting),
          lintGutter(),
          theme,
          // Tab leaves the editor, as it leaves every field.
          keymap.of(defaultKeymap),
          access.current.of(accessOf(latest.current.readOnly)),
          EditorView.contentAttributes.of({ 'aria-label': latest.current.label, 'data-testid': 'yaml-content', spellcheck: 'false', tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            const isTyped = update.transactions.some((transaction) => transaction.docChanged && !transaction.annotation(fromOutside));
            if (isTyped) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    const before = editor?.state.doc.toString();
    if (!editor || before === undefined || before === value) return;
    editor.dispatch({ changes: smallestChange(before, value), annotations: fromOutside.of(true) });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: access.current.reconfigure(accessOf(readOnly)) });
  }, [readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, marks.map((mark) => diagnosticOf(editor, mark))));
  }, [marks, value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !target) return;
    const { from } = lineAt(editor, target.line);
    editor.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  }, [target]);

  return <div ref={box} className="size-full min-h-0 overflow-hidden" data-testid="yaml-editor" />;
}

function accessOf(readOnly: boolean) {
  return [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];
}

function lineAt({ state: { doc } }: EditorView, line: number) {
  return doc.line(Math.min(Math.max(line, 1), doc.lines));
}

const SEVERITIES = { error: 'error', warning: 'warning', runs_differently: 'info' } as const;

function diagnosticOf(editor: EditorView, { line, severity, message }: Mark): Diagnostic {
  const { from, to, text } = lineAt(editor, line);
  const indent = text.length - text.trimStart().length;
  return { from: from + indent, to, severity: SEVERITIES[severity], message };
}

/** What to replace so that one text becomes the other; the cursor stays where nothing changed. */
export function smallestChange(before: string, after: string): { from: number; to: number; insert: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
