import { createHmac } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

export const base64url = (content: string | Uint8Array): string => Buffer.from(content).toString('base64url');

/** Signs three-part texts with Node's HMAC, so that the tests do not lean on the library under test. */
export function sign(
  header: Json | string,
  payload: Json | string | Uint8Array,
  secret: string,
  hash = 'sha256',
): string {
  const headerText = typeof header === 'string' ? header : JSON.stringify(header);
  const isText = typeof payload === 'string' || payload instanceof Uint8Array;
  const signed = `${base64url(headerText)}.${base64url(isText ? payload : JSON.stringify(payload))}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** Signs the first two parts of a token as they stand. */
export function resign(token: string, secret: string): string {
  const signed = token.split('.').slice(0, 2).join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** The parts of a token, read. */
export function decode(token: string): { header: Json; payload: Json } {
  const [header = '', payload = ''] = token.split('.');
  const read = (part: string): Json => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return { header: read(header), payload: read(payload) };
}
