import { isDeepStrictEqual } from 'node:util';
import { asciiJson } from '../../lib/ascii-json.ts';
import { isObject } from './template.ts';

/** Where two values differ. JSON. */
export interface ValueDifference {
  /** Such as `ContainerDefinitions[mcp].Environment[QUILT_ROLES].Value.roles.ReadOnlyQuilt.buckets[3]`. */
  readonly path: string;
  /** Absent where there is nothing on that side. */
  readonly from?: unknown;
  readonly to?: unknown;
}

type List = readonly unknown[];

/** Keys that identify items of a list, if all of them have it: variables and containers, tags, policy statements. */
const IDENTIFIERS = ['Name', 'Key', 'Sid', 'Id'] as const;

/**
 * The innermost places where two values differ. Texts that hold JSON or comma-separated lists are compared by
 * content. Values that differ in notation only differ as a whole.
 *
 * @param path - of both values
 */
export function diffValues(path: string, from: unknown, to: unknown): readonly ValueDifference[] {
  if (isDeepStrictEqual(from, to)) return [];
  const inside = diffInside(path, from, to);
  return inside.length > 0 ? inside : [{ path, from, to }];
}

/** Empty when the values have no common structure. */
function diffInside(path: string, from: unknown, to: unknown): readonly ValueDifference[] {
  const [older, newer] = [jsonIn(from), jsonIn(to)];
  if (older !== undefined && newer !== undefined) return diffValues(path, older, newer);
  if (isObject(from) && isObject(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return names.flatMap((name) => diffValues(`${path}${memberText(name)}`, from[name], to[name]));
  }
  const lists = bothAsLists(from, to);
  return lists === undefined ? [] : diffLists(path, ...lists);
}

function memberText(name: string): string {
  return /^[\w:@/-]+$/.test(name) ? `.${name}` : `[${asciiJson(name)}]`;
}

/** The object or list in a text, also in one that CloudFormation joins. */
function jsonIn(value: unknown): object | undefined {
  const text = textOf(value)?.trim() ?? '';
  if (!/^[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const join = isObject(value) ? value['Fn::Join'] : undefined;
  const [delimiter, parts] = Array.isArray(join) ? join : [];
  if (delimiter !== '' || !Array.isArray(parts)) return undefined;
  return parts.map((part) => (typeof part === 'string' ? part : placeholder(part))).join('');
}

/** A reference as a text that may be part of a JSON string. */
function placeholder(reference: unknown): string {
  return JSON.stringify(JSON.stringify(reference)).slice(1, -1);
}

/** A policy may have one resource in place of a list; a variable may hold a comma-separated list. */
function bothAsLists(from: unknown, to: unknown): readonly [List, List] | undefined {
  if (Array.isArray(from) && Array.isArray(to)) return [from, to];
  if (Array.isArray(from)) return includes(from, to) ? [from, [to]] : undefined;
  if (Array.isArray(to)) return includes(to, from) ? [[from], to] : undefined;
  const [older, newer] = [itemsIn(from), itemsIn(to)];
  return older.some((item) => newer.includes(item)) ? [older, newer] : undefined;
}

function itemsIn(value: unknown): readonly string[] {
  return typeof value === 'string' && /^[^\s,]+(,[^\s,]+)*$/.test(value) ? value.split(',') : [];
}

const includes = (list: List, item: unknown) => list.some((each) => isDeepStrictEqual(each, item));

function diffLists(path: string, from: List, to: List): readonly ValueDifference[] {
  const identifier = IDENTIFIERS.find((name) => [from, to].every((list) => areToldApart(list, name)));
  return identifier === undefined ? diffSequences(path, from, to) : diffByIdentifier(path, identifier, from, to);
}

function areToldApart(list: List, identifier: string): boolean {
  const found = list.map((item) => (isObject(item) ? item[identifier] : undefined));
  return found.every((each) => typeof each === 'string') && new Set(found).size === list.length;
}

function diffByIdentifier(path: string, identifier: string, from: List, to: List): readonly ValueDifference[] {
  const byIdentifier = (list: List) =>
    new Map(list.map((item) => [isObject(item) ? String(item[identifier]) : '', item] as const));
  const [older, newer] = [byIdentifier(from), byIdentifier(to)];
  const names = [...new Set([...older.keys(), ...newer.keys()])];
  const stayed = {
    from: [...older.keys()].filter((name) => newer.has(name)),
    to: [...newer.keys()].filter((name) => older.has(name)),
  };
  return [
    ...names.flatMap((name) => diffValues(`${path}[${name}]`, older.get(name), newer.get(name))),
    ...(isDeepStrictEqual(stayed.from, stayed.to) ? [] : [{ path: `${path} (order)`, ...stayed }]),
  ];
}

/** Items without an identifier: the longest common subsequence stays; gaps of equal length are compared item by item. */
function diffSequences(path: string, from: List, to: List): readonly ValueDifference[] {
  const gaps = gapsBetween(commonItems(from, to), from.length, to.length);
  return gaps.flatMap(({ older, newer }) => {
    if (older.length === newer.length) {
      return older.flatMap((before, each) => diffValues(`${path}[${newer[each]}]`, from[before], to[newer[each] ?? 0]));
    }
    return [
      ...older.map((index) => ({ path: `${path}[${index}]`, from: from[index] })),
      ...newer.map((index) => ({ path: `${path}[${index}]`, to: to[index] })),
    ];
  });
}

type Match = readonly [older: number, newer: number];

/** The longest common subsequence, as pairs of indices. */
function commonItems(from: List, to: List): readonly Match[] {
  const lengths = Array.from({ length: from.length + 1 }, () => new Array<number>(to.length + 1).fill(0));
  const at = (older: number, newer: number) => lengths[older]?.[newer] ?? 0;
  const equal = (older: number, newer: number) => isDeepStrictEqual(from[older], to[newer]);
  for (let older = from.length - 1; older >= 0; older -= 1) {
    const row = lengths[older] ?? [];
    for (let newer = to.length - 1; newer >= 0; newer -= 1) {
      row[newer] = equal(older, newer)
        ? at(older + 1, newer + 1) + 1
        : Math.max(at(older + 1, newer), at(older, newer + 1));
    }
  }
  const matches: Match[] = [];
  let [older, newer] = [0, 0];
  while (older < from.length && newer < to.length) {
    if (equal(older, newer)) matches.push([older++, newer++]);
    else if (at(older + 1, newer) >= at(older, newer + 1)) older += 1;
    else newer += 1;
  }
  return matches;
}

/** The indices on both sides that lie before, between and after the matches. */
function gapsBetween(matches: readonly Match[], older: number, newer: number) {
  const ends = [...matches, [older, newer] as const];
  return ends.map(([olderEnd, newerEnd], index) => {
    const [olderStart, newerStart] = matches[index - 1] ?? [-1, -1];
    return { older: range(olderStart + 1, olderEnd), newer: range(newerStart + 1, newerEnd) };
  });
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
