import { AuthError, type WeaknessCode } from './errors.ts';
import { normalizeSecret } from './normalize-secret.ts';
import { isInPublicList } from './published-secrets.ts';

/** 32 random hexadecimal digits have fewer less than once in ten million times. */
const MIN_DISTINCT_CHARACTERS = 8;

/** In random hexadecimal digits 18 % of adjacent pairs are that close; in base64 fewer. */
const MAX_SEQUENTIAL_SHARE = 0.5;

const OPENING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '<': '>', '(': ')' };

/** A JSON object or list, whole or damaged. */
const JSON_SHAPE = /^(?:\{.*\}|\[.*\])$/;

/**
 * A name before the value, as in a `.env` file or YAML. A name is all upper or all lower case and has at least three characters, so
 * that a random value with `=` in it rarely matches; `=` at the end is base64 padding.
 */
const ASSIGNMENT = /^(?:[A-Z][A-Z0-9_]{2,}|[a-z][a-z0-9_.-]{2,})[=:](?!=*$)/;

/** An expression in place of a value: of a variable, a command, a template or CloudFormation. */
const EXPRESSION = /\$\{[^}]*\}|\$\([^)]*\)|\{\{[^}]*\}\}|^\$[A-Za-z_]\w*$|^%\w+%$|^<[^>]+>$/;

/** The address of a value: an ARN, a URL, the path of a parameter. */
const ADDRESS = /^(?:arn:|[a-z][a-z0-9+.-]*:\/\/)|^(?:\/[a-z0-9_.-]+){2,}$/;

/** Words of examples and development settings; each is in a random secret less than once in 100,000 times. */
const PLACEHOLDERS =
  /change[-_.]?(?:me|this|it)|replace[-_.]?(?:me|this|with)|place[-_.]?holder|example|sample|dummy|insecure|default|password|passw0rd|secret|development|letmein|qwert[yz]|foobar|lorem[-_.]?ipsum|(?:your|my)[-_.](?:key|token|value|256|512)/i;

const REMEDY = 'Write a random value instead, such as the output of: openssl rand -base64 48';

const REASONS: Readonly<Record<WeaknessCode | 'secret_published', string>> = {
  secret_published: 'The value is in a public list of secrets, so anyone can sign with it.',
  secret_quoted: 'The value is enclosed in quotation marks or brackets, which would become part of the secret.',
  secret_json: 'The value is a JSON document and not the secret inside it.',
  secret_assignment: 'The value begins with a name, as NAME=value, which would become part of the secret.',
  secret_reference: 'The value refers to a secret (a variable, an ARN, a URL or a path) and is not one.',
  secret_placeholder: 'The value contains a word of examples and development settings, such as "changeme" or "secret".',
  secret_few_characters: `The value has fewer than ${MIN_DISTINCT_CHARACTERS} different characters.`,
  secret_repeated: 'The value repeats one shorter text.',
  secret_sequence: 'Most characters of the value follow each other in the alphabet, as in abcdef or 123456.',
};

/** Whether a text is a shorter text, repeated (the last time perhaps in part). Linear, by the failure function of Knuth, Morris and Pratt. */
function isRepeated(value: string): boolean {
  const border = new Array<number>(value.length).fill(0);
  for (let index = 1, length = 0; index < value.length; index += 1) {
    while (length > 0 && value[index] !== value[length]) length = border[length - 1] ?? 0;
    if (value[index] === value[length]) length += 1;
    border[index] = length;
  }
  return value.length - (border.at(-1) ?? 0) <= value.length / 2;
}

function isSequence(value: string): boolean {
  let steps = 0;
  for (let index = 1; index < value.length; index += 1) {
    if (Math.abs(value.charCodeAt(index) - value.charCodeAt(index - 1)) <= 1) steps += 1;
  }
  return steps > MAX_SEQUENTIAL_SHARE * (value.length - 1);
}

const RULES: readonly (readonly [WeaknessCode, (secret: string) => boolean])[] = [
  ['secret_reference', (secret) => EXPRESSION.test(secret) || ADDRESS.test(secret)],
  ['secret_json', (secret) => JSON_SHAPE.test(secret)],
  ['secret_quoted', (secret) => OPENING[secret.charAt(0)] === secret.at(-1)],
  ['secret_assignment', (secret) => ASSIGNMENT.test(secret)],
  ['secret_few_characters', (secret) => new Set(secret).size < MIN_DISTINCT_CHARACTERS],
  ['secret_repeated', isRepeated],
  ['secret_sequence', isSequence],
  ['secret_placeholder', (secret) => PLACEHOLDERS.test(secret)],
];

/**
 * The weakness of a secret that `normalizeSecret` accepts.
 *
 * @param despite - weaknesses to pass over; a published value is never passed over
 * @returns the first rule that it breaks; undefined for none
 */
export function weaknessOf(
  secret: string,
  despite: readonly WeaknessCode[] = [],
): WeaknessCode | 'secret_published' | undefined {
  if (isInPublicList(secret)) return 'secret_published';
  return RULES.find(([code, breaks]) => !despite.includes(code) && breaks(secret))?.[0];
}

/**
 * The rule for a value that enters the deployment (adopted, or provided by a person for the next rotation): valid for
 * `normalizeSecret`, in no public list, not pasted wrongly and not guessable. A value in use is read with `normalizeSecret` alone, so
 * that a service with an older, weak secret still starts.
 *
 * @param value - the raw value
 * @param despite - weaknesses that the configuration accepts, for a value that a running system uses; a published value is never accepted
 * @returns the secret
 * @throws AuthError with a `SecretErrorCode` or a `WeaknessCode`; its message depends on the rule only, never on the value
 */
export function admitSecret(value: string | undefined, despite: readonly WeaknessCode[] = []): string {
  const secret = normalizeSecret(value);
  const weakness = weaknessOf(secret, despite);
  if (weakness !== undefined) throw new AuthError(weakness, `${REASONS[weakness]} ${REMEDY}`);
  return secret;
}
