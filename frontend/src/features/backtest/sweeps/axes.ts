import type { AxisRequest } from '@/lib/api/types';
import { isApplied, valueAt, type Parameter, type ParameterValue, type ParameterValues } from '@/lib/parameters/schema';

/** What the server takes at most, walk-forward folds counted in. */
export const MOST_TRIALS = 10_000;

/** A parameter stays as it is, takes the values of a list, or goes from one value to another in steps. */
export type AxisKind = 'fixed' | 'list' | 'range';

export interface AxisValues {
  kind: AxisKind;
  /** Parted by commas, as typed. */
  values: string;
  from: number;
  to: number;
  step: number;
}

export type AxesValues = Record<string, AxisValues>;

/** How many decimals a number is written with. */
function decimals(value: number): number {
  const [, fraction = ''] = String(value).split('.');
  return fraction.length;
}

/** From one value to another, both included; no value where a number is missing or the step leads nowhere. */
export function stepped(from: number, to: number, step: number): number[] {
  if (![from, to, step].every(Number.isFinite) || step <= 0 || to < from) return [];
  const digits = Math.max(decimals(from), decimals(step));
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MOST_TRIALS) return [];
  return Array.from({ length: count }, (_, place) => Number((from + place * step).toFixed(digits)));
}

function listed(text: string, parameter: Parameter): ParameterValue[] | null {
  const parts = text.split(',').map((part) => part.trim()).filter(Boolean);
  if (parts.length === 0) return null;
  if (parameter.kind === 'choice') return parts.every((part) => parameter.choices.includes(part)) ? parts : null;
  if (parameter.kind === 'boolean') return parts.every((part) => /^(true|false)$/.test(part)) ? parts.map((part) => part === 'true') : null;
  const numbers = parts.map(Number);
  return numbers.every((value) => fits(value, parameter)) ? numbers : null;
}

function fits(value: number, parameter: Parameter): boolean {
  if (parameter.kind !== 'integer' && parameter.kind !== 'number') return false;
  const { kind, minimum, maximum } = parameter;
  if (!Number.isFinite(value) || (kind === 'integer' && !Number.isInteger(value))) return false;
  return (minimum === null || value >= minimum) && (maximum === null || value <= maximum);
}

/** The values one parameter takes; null while they cannot be read or are out of its range. */
export function valuesOfAxis(axis: AxisValues, parameter: Parameter): ParameterValue[] | null {
  if (axis.kind === 'fixed') return [];
  if (axis.kind === 'list') return listed(axis.values, parameter);
  const values = stepped(axis.from, axis.to, axis.step);
  return values.length > 0 && values.every((value) => fits(value, parameter)) ? values : null;
}

/** The parameters that mean something for some of the runs: a choice that varies takes every one of its values. */
export function appliedAxes(axes: AxesValues, parameters: Parameter[], fixed: ParameterValues): Parameter[] {
  const possible = (name: string): unknown[] => {
    const [axis, parameter] = [axes[name], parameters.find((entry) => entry.name === name)];
    if (!axis || !parameter || axis.kind === 'fixed') return [valueAt(fixed, name)];
    return valuesOfAxis(axis, parameter) ?? [];
  };
  return parameters.filter((parameter) => isApplied(parameter, possible));
}

/** What the server is told of the axes that vary. */
export function axesOf(axes: AxesValues, parameters: Parameter[]): Record<string, AxisRequest> {
  const varied = parameters.flatMap((parameter): [string, AxisRequest][] => {
    const axis = axes[parameter.name];
    if (!axis || axis.kind === 'fixed') return [];
    if (axis.kind === 'list') return [[parameter.name, { values: listed(axis.values, parameter) ?? [] }]];
    return [[parameter.name, { from: axis.from, to: axis.to, step: axis.step }]];
  });
  return Object.fromEntries(varied);
}

/** A first suggestion: the range its author proposes, or three values on either side of the value in force. */
export function suggested(parameter: Parameter, value: ParameterValue | undefined): AxisValues {
  const base = { kind: 'fixed' as const, values: '', from: NaN, to: NaN, step: NaN };
  if (parameter.kind === 'choice') return { ...base, values: parameter.choices.join(', ') };
  if (parameter.kind === 'boolean') return { ...base, values: 'true, false' };
  const { minimum, maximum, step: proposed } = parameter;
  if (proposed !== null && minimum !== null && maximum !== null) {
    return { ...base, values: String(value ?? parameter.default), from: minimum, to: maximum, step: proposed };
  }
  const middle = typeof value === 'number' && Number.isFinite(value) ? value : (parameter.default ?? 1);
  const rough = Math.abs(middle) / 4 || 1;
  const step = parameter.kind === 'integer' ? Math.max(1, Math.round(rough)) : Number(rough.toPrecision(1));
  const within = (wanted: number) =>
    Math.min(maximum ?? Infinity, Math.max(minimum ?? -Infinity, wanted));
  const [from, to] = [within(middle - 3 * step), within(middle + 3 * step)].map((end) => Number(end.toFixed(6)));
  return { ...base, from: from ?? NaN, to: to ?? NaN, step, values: String(middle) };
}

/** A comparison between parameters and numbers, as the server reads it. */
interface Rule {
  left: string;
  relation: string;
  right: string;
}

const RULE = /^\s*([\w.]+|-?\d*\.?\d+)\s*(<=|>=|==|!=|<|>)\s*([\w.]+|-?\d*\.?\d+)\s*$/;

const HOLDS: Record<string, (left: number, right: number) => boolean> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>=': (left, right) => left >= right,
  '>': (left, right) => left > right,
};

/** The constraint in a line of text; null if it is none, or names what is no parameter. */
export function readRule(text: string, names: string[]): Rule | null {
  const [, left = '', relation = '', right = ''] = RULE.exec(text) ?? [];
  const known = (operand: string) => names.includes(operand) || /^-?\d*\.?\d+$/.test(operand);
  return relation && known(left) && known(right) ? { left, relation, right } : null;
}

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}

/**
 * How many combinations the constraints leave. Beyond the limit they are not gone through one by one: then it is the
 * number without constraints, and `exact` says so.
 */
export function countCombinations(
  axes: [string, ParameterValue[]][],
  fixed: ParameterValues,
  constraints: string[],
): { count: number; exact: boolean } {
  const varied = axes.filter(([, values]) => values.length > 0);
  const all = varied.reduce((product, [, values]) => product * values.length, 1);
  const names = [...Object.keys(fixed), ...axes.map(([name]) => name)];
  const rules = constraints.flatMap((line) => readRule(line, names) ?? []);
  if (rules.length === 0) return { count: all, exact: true };
  if (all > MOST_TRIALS * 10) return { count: all, exact: false };
  let count = 0;
  const current: Record<string, ParameterValue> = {};
  const operand = (text: string) => Number(current[text] ?? valueAt(fixed, text) ?? text);
  const visit = (place: number): void => {
    const axis = varied[place];
    if (!axis) {
      count += rules.every(({ left, relation, right }) => HOLDS[relation]?.(operand(left), operand(right))) ? 1 : 0;
      return;
    }
    for (const value of axis[1]) {
      current[axis[0]] = value;
      visit(place + 1);
    }
  };
  visit(0);
  return { count, exact: true };
}

/** Folds of a walk-forward over so many sessions: whole ones only. */
export function countFolds(
  sessions: number,
  { train_sessions, test_sessions, step_sessions, purge_sessions }: Record<'train_sessions' | 'test_sessions' | 'step_sessions' | 'purge_sessions', number>,
): number {
  const length = train_sessions + purge_sessions + test_sessions;
  if (!(length > 0) || !(step_sessions > 0) || sessions < length) return 0;
  return Math.floor((sessions - length) / step_sessions) + 1;
}

/** About how many sessions lie between two days: the exchange opens on 247 days of a year. */
export function aboutSessions(from: string, to: string): number {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  return Number.isFinite(days) && days > 0 ? Math.round((days * 247) / 365.25) : 0;
}
