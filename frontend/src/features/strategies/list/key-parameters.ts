import { appliedParameters, valueAt, type Parameter, type ParameterValue } from '@/lib/parameters/schema';

/** So many of what decides fit into a line. */
const MOST_DECIDING = 3;

type Set = [Parameter, ParameterValue];

/** The settings that tell strategies apart: what decides, what a document has another value for, and the exits that are on. */
export function keyParameters(known: Parameter[], values: unknown): Set[] {
  const set = appliedParameters(known, values).flatMap((parameter): Set[] => {
    const value = valueAt(values, parameter.name);
    const isOff = parameter.kind !== 'choice' && parameter.kind !== 'boolean' && parameter.off !== null && value === parameter.off;
    return value === undefined || isOff ? [] : [[parameter, value]];
  });
  const deciding = set.filter(([{ group, kind }]) => group === 'signal' && kind !== 'boolean').slice(0, MOST_DECIDING);
  const changed = set.filter(([{ group, default: usual }, value]) => group === 'document' && value !== usual);
  const exits = set.filter(([{ group, kind }]) => group === 'exits' && kind !== 'choice');
  return [...deciding, ...changed, ...exits];
}
