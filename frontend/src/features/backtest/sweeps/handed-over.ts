import type { ParameterMap, SweepDetail } from '@/lib/api/types';
import { withValue, type ParameterValue, type ParameterValues } from '@/lib/parameters/schema';

/** All parameters of a trial: those that varied laid over those of the run it varies. */
export function parametersOf(base: ParameterMap, trial: ParameterMap): ParameterValues {
  return Object.entries(trial).reduce(
    (values, [name, value]) => withValue(values, name, value as ParameterValue),
    base as ParameterValues,
  );
}

/** No longer text fits into an address beside everything else. */
const LONGEST = 200;

/** The same as an address takes it: the page it leads to reads a document from the search itself. */
export function handedOver({ base }: Pick<SweepDetail, 'base'>, trial: ParameterMap): ParameterValues {
  const fits = ([, value]: [string, unknown]) => typeof value !== 'string' || value.length <= LONGEST;
  return Object.fromEntries(Object.entries(parametersOf(base.parameters, trial)).filter(fits));
}
