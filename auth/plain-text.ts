/** Control characters would forge log lines; lone surrogates all hash like U+FFFD, which makes two names one. */
const UNSAFE = /[\p{Cc}\p{Cs}]/u;

/** Tells whether a value can name a person, a role or a token: not blank, no control characters, well-formed Unicode. */
export function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !UNSAFE.test(value);
}
