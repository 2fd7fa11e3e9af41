/** The variables a service is started with, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Turns the text of a variable into its value, or throws a {@link SettingError}. */
type Reader<T> = (text: string | undefined) => T | Promise<T>;

/** One variable: its name and the rule for its text. */
export type Setting<T> = { readonly name: string; readonly read: Reader<T> };

type Settings<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** A violated rule, and its remedy. The message never repeats the text, which may be a misplaced secret. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/**
 * Reads all settings, so that a failed start reports every problem at once.
 *
 * @throws StartError naming each invalid variable with its rule and remedy
 */
export async function readSettings<S extends Readonly<Record<string, Setting<unknown>>>>(
  environment: Environment,
  settings: S,
): Promise<Settings<S>> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, { name, read }] of Object.entries(settings)) {
    try {
      values[key] = await read(environment[name]);
    } catch (error) {
      // The message of any other error may quote the text.
      problems.push(`${name}: ${error instanceof SettingError ? error.message : 'cannot be read'}`);
    }
  }
  if (problems.length > 0) throw new StartError(problems);
  return values as Settings<S>;
}

const given = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text.trim();

/** Text without control characters; `fallback` if the variable is not set. */
export function text(name: string, fallback: string): Setting<string> {
  const read = (value: string | undefined): string => {
    const found = given(value) ?? fallback;
    if (/\p{Cc}/u.test(found)) throw new SettingError('must not contain control characters; remove them');
    return found;
  };
  return { name, read };
}

/** Optional text. */
export function optionalText(name: string): Setting<string | undefined> {
  return { name, read: given };
}

/** An integer from `minimum` to `maximum`. */
export function wholeNumber(
  name: string,
  { minimum, maximum, fallback }: { readonly minimum: number; readonly maximum: number; readonly fallback: number },
): Setting<number> {
  const read = (value: string | undefined): number => {
    const found = given(value) ?? String(fallback);
    const number = /^\d{1,15}$/.test(found) ? Number(found) : Number.NaN;
    if (!(number >= minimum && number <= maximum)) {
      throw new SettingError(`must be a whole number from ${minimum} to ${maximum}; leave it out for ${fallback}`);
    }
    return number;
  };
  return { name, read };
}

/** One of the given words. */
export function oneOf<T extends string>(name: string, words: readonly T[], fallback: T): Setting<T> {
  const read = (value: string | undefined): T => {
    const found = given(value) ?? fallback;
    const word = words.find((candidate) => candidate === found);
    if (word === undefined) throw new SettingError(`must be one of ${words.join(', ')}; leave it out for ${fallback}`);
    return word;
  };
  return { name, read };
}

/** The path of a URL: absolute, no query, no trailing slash. */
export function urlPath(name: string, fallback: string): Setting<string> {
  const read = (value: string | undefined): string => {
    const found = given(value) ?? fallback;
    if (!/^(\/[\w.~-]+)+$/.test(found)) {
      throw new SettingError(`must be an absolute URL path without a trailing slash; for example ${fallback}`);
    }
    return found;
  };
  return { name, read };
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An `https` URL, without its trailing slash. Plain `http` is accepted only on loopback: login tokens are sent to it. */
export function webUrl(name: string): Setting<string> {
  const read = (value: string | undefined): string => {
    const found = given(value);
    if (found === undefined) throw new SettingError('is missing; set it to an https URL');
    const url = URL.canParse(found) ? new URL(found) : undefined;
    const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
    if (url === undefined || !secure) {
      throw new SettingError('must be an https URL (http on loopback only); for example https://quilt.example.org');
    }
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      throw new SettingError('must not contain a user, query or fragment; for example https://quilt.example.org');
    }
    return url.href.replace(/\/+$/, '');
  };
  return { name, read };
}

/** Why a service does not start: one line with every problem to fix. Never contains the value of a variable. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly problems: readonly string[];

  /** @param problems what is wrong, where and what to do; one entry each, without line breaks */
  constructor(problems: readonly string[]) {
    super(problems.join(' | ').replace(/\s+/g, ' '));
    this.problems = problems;
  }
}
