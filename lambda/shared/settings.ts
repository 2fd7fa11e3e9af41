/** One environment variable; required unless it has a fallback. */
export type Variable<T> = {
  readonly name: string;
  /** The rule for its value, for the reason. */
  readonly rule: string;
  /** Returns `undefined` for a text that breaks the rule. */
  readonly parse: (text: string) => T | undefined;
  readonly fallback?: string | undefined;
};

export type Values<V> = { readonly [K in keyof V]: V[K] extends Variable<infer T> ? T : never };

export function variable<T>(
  name: string,
  rule: string,
  parse: (text: string) => T | undefined,
  fallback?: string,
): Variable<T> {
  return { name, rule, parse, fallback };
}

export const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);

/** A variable with any text except white space alone. */
export const anyText = (name: string, rule = ''): Variable<string> => variable(name, rule, (text) => text);

/**
 * Reads every variable of a table.
 *
 * @param textOf - an environment variable by name; white space alone counts as missing
 * @param refuse - creates the error for unusable variables. It gets no values, since one may be a misplaced secret
 */
export function readVariables<const V extends Readonly<Record<string, Variable<unknown>>>>(
  variables: V,
  textOf: (name: string) => string | undefined,
  refuse: (unusable: readonly (Pick<Variable<unknown>, 'name' | 'rule'> & { readonly isMissing: boolean })[]) => Error,
): Values<V> {
  const read = Object.entries(variables).map(([key, { name, rule, parse, fallback }]) => {
    const given = textOf(name);
    const text = given?.trim() ? given : fallback;
    return { key, name, rule, isMissing: text === undefined, value: text === undefined ? undefined : parse(text) };
  });
  const unusable = read.filter(({ value }) => value === undefined);
  if (unusable.length > 0) throw refuse(unusable);
  return Object.fromEntries(read.map(({ key, value }) => [key, value])) as Values<V>;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|[a-z0-9.-]+\.localhost)$/;

/**
 * Parses a URL that tokens are sent to: HTTPS (plain HTTP on loopback only), with nothing after the host.
 *
 * @returns undefined for any other text
 */
export function secureOrigin(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  const bare =
    url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return secure && bare ? url : undefined;
}
