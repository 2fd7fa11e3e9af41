import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../template.ts';

/** Where two values differ. JSON. */
export interface ValueDifference {
  /** Such as `ContainerDefinitions[0].Image`. */
  readonly path: string;
  /** Absent where there is nothing on that side. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/**
 * The innermost places where two values differ. Lists of different lengths differ as a whole, because nobody knows what in them
 * belongs together.
 *
 * @param path - of both values
 */
export function diffValues(path: string, from: unknown, to: unknown): readonly ValueDifference[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (isObject(from) && isObject(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return names.flatMap((name) => diffValues(`${path}.${name}`, from[name], to[name]));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((item, index) => diffValues(`${path}[${index}]`, item, to[index]));
  }
  return [{ path, from, to }];
}
