import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { isJsonObject, type JsonObject } from '../../../auth/encoding.ts';
import { locationOf } from './object-location.ts';

type Issue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
};
type StandardResult<T> = Awaited<ReturnType<StandardSchemaWithJSON<unknown, T>['~standard']['validate']>>;
type Parsed<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/** A list in a text in a list: deeper nesting is no mistake. */
const MAX_ROUNDS = 3;
const NUMBER = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/;

/** The input of a tool, validated leniently for language models. */
export interface LenientInput<Input> {
  /** Clients see exactly what the tool defines; validation is lenient. */
  readonly schema: StandardSchemaWithJSON<unknown, Input>;
  /**
   * Another reading of arguments that `schema` accepted, for a tool that finds nothing under the exact one: a key that is the object's
   * URL, or begins with a slash.
   */
  readonly otherReading: (input: Input) => Input | undefined;
}

/**
 * Interprets arguments as language models write them: `null` and `""` for an omitted optional argument, `"5"` and `"true"` for a
 * number and a boolean, a list as JSON text, and an object's URL in place of bucket and key. Arguments that the schema accepts
 * exactly are never changed, and arguments that it refuses after this interpretation stay refused. The bucket is resolved before
 * the tool runs, so that permissions are checked on the intended bucket.
 *
 * @param schema - of the tool
 * @param place - the argument that is a path in the argument `bucket`, if there is one
 */
export function lenientInput<Input>(
  schema: StandardSchemaWithJSON<unknown, Input>,
  place?: 'key' | 'prefix',
): LenientInput<Input> {
  const { validate, ...standard } = schema['~standard'];
  const json = standard.jsonSchema.input({ target: 'draft-2020-12' });
  const others = new WeakMap<object, Input>();
  const parse = async (value: unknown): Promise<Parsed<Input>> => {
    const result = await validate(value);
    return result.issues === undefined ? { value: result.value } : { issues: result.issues };
  };
  const hasBucket = memberOf(memberOf(json, 'properties'), 'bucket') !== undefined;
  const interpret = async (given: unknown): Promise<StandardResult<Input>> => {
    const located = hasBucket ? locate(given ?? {}, json, place) : { value: given ?? {} };
    if (typeof located === 'string') return { issues: [{ message: located }] };
    const parsed = await parseAsMeant(located.value, json, parse);
    if (parsed.issues !== undefined) return { issues: [...parsed.issues] };
    if (located.other !== undefined && typeof parsed.value === 'object' && parsed.value !== null) {
      const other = await parseAsMeant(located.other, json, parse);
      if (other.issues === undefined) others.set(parsed.value, other.value);
    }
    return { value: parsed.value };
  };
  return {
    schema: {
      '~standard': {
        ...standard,
        validate: (given) => {
          // Nearly every call: nothing to resolve, and nothing to wait for.
          const exact = hasBucket ? undefined : validate(given);
          return exact !== undefined && !(exact instanceof Promise) && exact.issues === undefined
            ? exact
            : interpret(given);
        },
      },
    },
    otherReading: (input) => (typeof input === 'object' && input !== null ? others.get(input) : undefined),
  };
}

/** Validates exactly, then with the refused arguments interpreted. */
async function parseAsMeant<Input>(
  value: unknown,
  json: JsonObject,
  parse: (value: unknown) => Promise<Parsed<Input>>,
): Promise<Parsed<Input>> {
  let result = await parse(value);
  let meant = value;
  for (let round = 0; round < MAX_ROUNDS && result.issues !== undefined; round += 1) {
    const read: unknown = result.issues.reduce<unknown>(
      (all, { path = [] }) => readAt(all, path.map(keyOf), json),
      meant,
    );
    if (read === meant) break;
    meant = read;
    result = await parse(meant);
  }
  return result;
}

const keyOf = (step: PropertyKey | { readonly key: PropertyKey }): PropertyKey =>
  typeof step === 'object' ? step.key : step;

/** A copy of `value` whose member at `path` is interpreted; `value` itself if there is nothing to interpret. */
function readAt(value: unknown, path: readonly PropertyKey[], json: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return readScalar(value, json);
  if (Array.isArray(value)) {
    const index = Number(first);
    const read = readAt(value[index], rest, memberOf(json, 'items'));
    return read === value[index] ? value : value.with(index, read);
  }
  if (!isJsonObject(value) || typeof first !== 'string' || !Object.hasOwn(value, first)) return value;
  const given = value[first];
  const isOptional = !listOf(memberOf(json, 'required')).includes(first);
  if (rest.length === 0 && isOptional && (given === null || given === '')) {
    const { [first]: _, ...others } = value;
    return others;
  }
  const read = readAt(given, rest, memberOf(memberOf(json, 'properties'), first));
  return read === given ? value : { ...value, [first]: read };
}

function readScalar(value: unknown, json: unknown): unknown {
  const type = memberOf(json, 'type');
  if (typeof value === 'number' && type === 'string' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (type === 'integer' || type === 'number') return NUMBER.test(text) ? Number(text) : value;
  if (type === 'boolean') return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : value;
  if (type !== 'array' && type !== 'object') return value;
  try {
    const parsed: unknown = JSON.parse(text);
    return (type === 'array' ? Array.isArray(parsed) : isJsonObject(parsed)) ? parsed : value;
  } catch {
    return value;
  }
}

/**
 * Resolves the URL or ARN of an object or a folder among the arguments of a tool that has `bucket`.
 *
 * @returns the arguments with a bucket name, and their other reading for an ambiguous key; a text if there is a conflict
 */
function locate(
  given: unknown,
  json: JsonObject,
  place: 'key' | 'prefix' | undefined,
): { value: unknown; other?: JsonObject } | string {
  if (!isJsonObject(given)) return { value: given };
  const properties = memberOf(json, 'properties');
  const ofBucket = locationOf(given.bucket);
  const bucket = ofBucket?.bucket ?? given.bucket;
  const withVersion = (versionId: string | undefined) =>
    versionId !== undefined && memberOf(properties, 'version_id') !== undefined && (given.version_id ?? '') === ''
      ? { version_id: versionId }
      : {};

  if (ofBucket !== undefined && ofBucket.path !== '') {
    if (place === undefined)
      return `bucket: specify only the bucket, ${JSON.stringify(ofBucket.bucket)}, without a path.`;
    const named = given[place] ?? '';
    if (named !== '' && named !== ofBucket.path && locationOf(named)?.path !== ofBucket.path) {
      return `bucket and ${place} name two different objects; specify only the bucket's name, ${JSON.stringify(ofBucket.bucket)}.`;
    }
    return { value: { ...given, bucket, [place]: ofBucket.path, ...withVersion(ofBucket.versionId) } };
  }

  const value: JsonObject = ofBucket === undefined ? given : { ...given, bucket };
  const named = place === undefined ? undefined : given[place];
  if (place === undefined || typeof named !== 'string') return { value };
  const ofPlace = locationOf(named);
  if (ofPlace === undefined) {
    return named.length > 1 && named.startsWith('/')
      ? { value, other: { ...value, [place]: named.slice(1) } }
      : { value };
  }
  const meant = { ...value, bucket: ofPlace.bucket, [place]: ofPlace.path, ...withVersion(ofPlace.versionId) };
  if ((bucket ?? '') === '') return { value: meant };
  if (bucket !== ofPlace.bucket && bucket !== `s3://${ofPlace.bucket}`) {
    return `${place}: it is in the bucket ${JSON.stringify(ofPlace.bucket)}, but bucket names another one; specify both for the same object.`;
  }
  return { value, other: meant };
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
