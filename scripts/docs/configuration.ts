import { z } from 'zod';
import { readRule } from '../../config/rules.ts';
import { keysSchema } from '../../config/schema.ts';
import { MEANINGS } from './configuration-meanings.ts';
import { code, point } from './markdown.ts';

/** A key as the page shows it. */
interface Key {
  /** With dots; the kind of a union is a part of it. */
  readonly path: string;
  readonly schema: z.ZodType;
  /** Undefined: it is required. */
  readonly default: string | undefined;
}

/** What a probe is refused with says how a value is written. */
const PROBES: readonly unknown[] = [Symbol('probe'), '', -1, [Symbol('probe')], ['']];

/** A longer one lists names that have a page of their own. */
const MAX_REMEDY = 250;

/** Every key of an environment, with its meaning, its default and how to write it. */
export function configuration(): string {
  const used = new Set<string>();
  const keys = childrenOf({ path: '', schema: keysSchema, default: undefined });
  const values = keys.filter((key) => childrenOf(key).length === 0);
  const text = [
    ['### Top-level values', ...values.map((key) => pointOf(key, 0, used))].join('\n\n').replaceAll('\n\n- ', '\n- '),
    ...keys.filter((key) => !values.includes(key)).map((key) => sectionOf(key, used)),
  ].join('\n\n');
  const unknown = Object.keys(MEANINGS).filter((path) => !used.has(path));
  if (unknown.length > 0)
    throw new Error(`No such key: ${unknown.join(', ')} (scripts/docs/configuration-meanings.ts)`);
  return text.replace('### Top-level values\n-', '### Top-level values\n\n-');
}

function sectionOf(key: Key, used: Set<string>): string {
  const meaning = `(${requirementOf(key)}) ${meaningOf(key.path, used)}`;
  const points = pointsOf(key, 0, used);
  return `### ${code(key.path)}\n\n${point(meaning).slice(2).replaceAll('\n  ', '\n')}\n\n${points.join('\n')}`;
}

/** What belongs to a key. Both services have the same keys, so that they are described once. */
function pointsOf(key: Key, depth: number, used: Set<string>): string[] {
  if (key.path !== 'services')
    return childrenOf(key).flatMap((child) => [pointOf(child, depth, used), ...pointsOf(child, depth + 1, used)]);
  const [catalog, mcp] = ['catalog', 'mcp'].map((name) => childrenOf(key).find(({ path }) => path.endsWith(name)));
  if (!catalog || !mcp) throw new Error('The configuration has other services than catalog and mcp');
  const shared = childrenOf(catalog).map(({ path }) => path.split('.').at(-1));
  return childrenOf(mcp).flatMap((child) => {
    const name = child.path.split('.').at(-1);
    const path = `services.${shared.includes(name) ? '<name>' : 'mcp'}.${name}`;
    return [pointOf({ ...child, path }, depth, used), ...pointsOf({ ...child, path }, depth + 1, used)];
  });
}

function pointOf(key: Key, depth: number, used: Set<string>): string {
  const kind = /\{([^{}]+)\}$/.exec(key.path)?.[1];
  if (kind !== undefined) return point(`${code(kind)}: ${meaningOf(key.path, used)}`, depth);
  const remedy = remedyOf(key.schema);
  return point(
    [`**${code(key.path.replaceAll(/\.\{.+?\}/g, ''))}**`, `(${requirementOf(key)})`, meaningOf(key.path, used), remedy]
      .filter((part) => part !== '')
      .join(' '),
    depth,
  );
}

function requirementOf({ schema, default: value }: Key): string {
  if (value !== undefined) return `default ${code(value)}`;
  return schema.safeParse(undefined).success ? 'optional' : 'required';
}

function meaningOf(path: string, used: Set<string>): string {
  const meaning = MEANINGS[path];
  if (meaning === undefined)
    throw new Error(`${path} has no meaning: add it to scripts/docs/configuration-meanings.ts`);
  used.add(path);
  return meaning;
}

/** How a value is written, in the words of the check that refuses another one. */
function remedyOf(schema: z.ZodType): string {
  if (childrenOf({ path: '', schema, default: undefined }).length > 0) return '';
  for (const probe of PROBES) {
    const message = bare(schema).safeParse(probe).error?.issues[0]?.message;
    if (!message?.includes('\n')) continue;
    const { remedy } = readRule(message);
    // Markdown takes what stands between angle brackets for HTML.
    if (remedy.length <= MAX_REMEDY) return `${remedy.replaceAll(/[^\s`]*<[^>]*>\S*/g, (word) => code(word))}.`;
  }
  return '';
}

/** The keys of a section, or the kinds of a union: none for a value. */
function childrenOf({ path, schema }: Key): Key[] {
  const inner = bare(schema);
  const join = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape as Record<string, z.ZodType>)
      .filter(([, each]) => !(each instanceof z.ZodLiteral))
      .map(([name, each]) => ({ path: join(name), schema: each, default: defaultOf(each) }));
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = inner.def;
    return (inner.options as z.ZodType[]).map((option) => {
      const kind = kindOf(option, discriminator);
      return { path: join(`{${discriminator}: '${kind}'}`), schema: option, default: undefined };
    });
  }
  return [];
}

/** The value of a union's discriminator for one of its options, which may be a union itself. */
function kindOf(option: z.ZodType, discriminator: string): string {
  if (option instanceof z.ZodDiscriminatedUnion) return kindOf(option.options[0] as z.ZodType, discriminator);
  const literal = option instanceof z.ZodObject ? option.shape[discriminator] : undefined;
  if (!(literal instanceof z.ZodLiteral)) throw new Error(`An option has no ${discriminator}`);
  return `${literal.value}`;
}

/** A schema without what makes it optional, and without what is done with a valid value. */
function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return bare(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return bare(schema.in as z.ZodType);
  return schema;
}

function defaultOf(schema: z.ZodType): string | undefined {
  if (!(schema instanceof z.ZodDefault)) return undefined;
  const value: unknown = schema.def.defaultValue;
  return JSON.stringify(value)
    .replace(/^\{"(\w+)":(.*)\}$/, '{ $1: $2 }')
    .replaceAll('"', "'");
}
