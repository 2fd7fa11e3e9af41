import { z } from 'zod';

/**
 * Words the message of a configuration rule. Every check of the schema is made with it, so that no message reaches a
 * reader without saying what to do.
 *
 * @param what the rule, as a sentence without its full stop
 * @param remedy what to write instead, as a sentence without its full stop
 */
export function rule(what: string, remedy: string): string {
  return `${what}\n${remedy}`;
}

/** Splits a message made by {@link rule}; a message of zod's own gets a remedy that points to the schema. */
export function readRule(message: string): { readonly rule: string; readonly remedy: string } {
  const [what = message, remedy = 'See what config/schema.ts says about this key'] = message.split('\n');
  return { rule: what, remedy };
}

/** A text that matches `pattern`; one message for missing, of another type and not matching. */
export function text(pattern: RegExp, message: string) {
  return z.string(message).regex(pattern, message);
}

/** A whole number from `least` to `most`, both included. */
export function whole(least: number, most: number, message: string) {
  return z.int(message).min(least, message).max(most, message);
}

/** An object that refuses keys it does not know: a misspelt key must never silently fall back to a default. */
export function section<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, rule('This section is required', 'Add it; config/production.ts shows a complete one'));
}

/**
 * One of several kinds of a thing, each with keys of its own: `{ create: {}, import: { name: … } }`.
 *
 * @param what - the subject of the rule, in front of the kinds: `A cluster is of kind`
 * @param shapes - the keys of each kind, beside `kind` itself
 */
export function kinds<const Shapes extends Readonly<Record<string, z.core.$ZodShape>>>(what: string, shapes: Shapes) {
  type Kind = keyof Shapes & string;
  type Section = { [K in Kind]: z.ZodObject<{ kind: z.ZodLiteral<K> } & Shapes[K], z.core.$strict> }[Kind];
  const options = Object.entries(shapes).map(([kind, keys]) => section({ kind: z.literal(kind), ...keys }));
  const required = ([kind, keys]: [string, z.core.$ZodShape]) => [
    `kind: '${kind}'`,
    ...Object.keys(keys).flatMap((key) => (keys[key]?._zod.optin === undefined ? [`${key}: …`] : [])),
  ];
  const examples = Object.entries(shapes).map((shape) => `{ ${required(shape).join(', ')} }`);
  return z.discriminatedUnion(
    'kind',
    options as unknown as [Section, ...Section[]],
    rule(`${what} ${either(Object.keys(shapes).map((kind) => `'${kind}'`))}`, `Write ${either(examples)}`),
  );
}

function either(choices: readonly string[]): string {
  return [choices.slice(0, -1).join(', '), ...choices.slice(-1)].join(' or ');
}

/** An absolute URL without path, query, fragment or credentials: the place where a service answers. The usual port is left out. */
export function origin(message: string) {
  const isOrigin = (value: string) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    const usual = { 'https:': 443, 'http:': 80 }[url.protocol];
    return [url.origin, `${url.origin}/`, `${url.origin}:${usual}`].includes(value);
  };
  return z
    .string(message)
    .refine(isOrigin, message)
    .transform((value) => new URL(value).origin);
}

/** The Amazon Resource Name of a resource of one kind. */
export function arn(service: string, resource: string, message: string) {
  return text(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}$`), message);
}

/** Where the resource of an ARN is; IAM has no region. */
export function placeOf(resourceArn: string): {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
} {
  const [, partition = '', , region = '', account = ''] = resourceArn.split(':');
  return { partition, region, account };
}

const message = rule('A token lives for ten seconds to 24 hours', 'Write 10 to 86400, 3600 unless you know better');

/** How long a token lives, in seconds. Short ones are for trying a rotation out: its grace time lasts as long. */
export const tokenLifetimeSeconds = whole(10, 86_400, message);

/** The same as a text, which is what the command line gives. */
export const tokenLifetimeText = text(/^\d{1,5}$/, message)
  .transform(Number)
  .pipe(tokenLifetimeSeconds);
