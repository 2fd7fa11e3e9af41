import { lookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { errorName } from '../../contract/safe-error.ts';

/** The part of `fetch` that the functions and the MCP client use. */
export type Dial = (url: string | URL, init?: RequestInit) => Promise<Response>;

export type DialOptions = {
  /** DNS name to connect to in place of the URL's host. */
  readonly connectHost?: string | undefined;
  /** Time limit of one exchange, from the DNS lookup to the end of the body, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts every exchange when the time for all of them is over. */
  readonly deadline?: AbortSignal | undefined;
  /** Certificate authorities in PEM in place of Node's own. */
  readonly ca?: string | undefined;
};

/** There was no response. `code` is Node's: `ECONNREFUSED`, `ERR_TLS_CERT_ALTNAME_INVALID` … */
export class DialError extends Error {
  override readonly name = 'DialError';
  readonly kind: 'unreachable' | 'certificate' | 'time-out' | 'aborted';
  readonly code: string;

  constructor(kind: DialError['kind'], code: string) {
    super(`${kind}: ${code}`);
    this.kind = kind;
    this.code = code;
  }
}

/** The statuses that have no body: https://fetch.spec.whatwg.org/#null-body-status */
const NULL_BODY = new Set([101, 204, 205, 304]);

/** Error codes of OpenSSL and Node for certificates. */
const CERTIFICATE_CODE = /CERT|CRL|VERIFY|ISSUER|^ERR_TLS_/;

function dialErrorOf(error: unknown): DialError {
  if (error instanceof DialError) return error;
  const code = errorName(error);
  return new DialError(CERTIFICATE_CODE.test(code) ? 'certificate' : 'unreachable', code);
}

/** Resolves `connectHost` in place of the requested name; all else in Node uses the URL's host. */
function lookupOf(connectHost: string): LookupFunction {
  return (_host, options, callback) => lookup(connectHost, options, callback);
}

function bodyOf(init: RequestInit): string | Uint8Array | undefined {
  const { body } = init;
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('dial sends text or bytes only');
}

function responseOf(message: http.IncomingMessage): Response {
  const headers = new Headers();
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    headers.append(message.rawHeaders[i] ?? '', message.rawHeaders[i + 1] ?? '');
  }
  const status = message.statusCode ?? 0;
  const hasBody = !NULL_BODY.has(status);
  if (!hasBody) message.resume();
  const body = hasBody ? (Readable.toWeb(message) as ReadableStream<Uint8Array>) : null;
  return new Response(body, { status, statusText: message.statusMessage ?? '', headers });
}

/**
 * Creates a `fetch` that connects to `connectHost`. SNI, the Host header and the certificate check stay those of the URL, because only
 * the DNS lookup is replaced. A load balancer can thus be reached by its own name before public DNS knows the URL's host.
 *
 * Each call opens a new connection, so that a load balancer chooses a task again. Redirects are returned, never followed. It rejects
 * with a `DialError`; so does the body of a response at the time limit.
 */
export function createDial({ connectHost, timeoutMs, deadline, ca }: DialOptions): Dial {
  const lookupOption = connectHost === undefined ? {} : { lookup: lookupOf(connectHost) };
  return async (target, init = {}) => {
    const url = new URL(target);
    const body = bodyOf(init);
    const headers = Object.fromEntries(new Headers(init.headers));
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const { request } = url.protocol === 'http:' ? http : https;

    return new Promise<Response>((resolve, reject) => {
      const outgoing = request(url, {
        method: init.method ?? 'GET',
        headers,
        agent: false,
        ...lookupOption,
        ...(ca === undefined ? {} : { ca }),
      });
      let incoming: http.IncomingMessage | undefined;
      const end = (error: DialError) => (incoming ?? outgoing).destroy(error);
      const abort = () => end(new DialError('aborted', 'ABORT_ERR'));
      const expire = () => end(new DialError('time-out', 'DEADLINE'));
      const timer = setTimeout(() => end(new DialError('time-out', 'REQUEST')), timeoutMs);

      outgoing.on('error', (error) => reject(dialErrorOf(error)));
      outgoing.on('close', () => {
        clearTimeout(timer);
        init.signal?.removeEventListener('abort', abort);
        deadline?.removeEventListener('abort', expire);
      });
      outgoing.on('response', (message) => {
        incoming = message;
        try {
          resolve(responseOf(message));
        } catch (error) {
          // A status or header that the Fetch standard does not know.
          reject(dialErrorOf(error));
          outgoing.destroy();
        }
      });
      init.signal?.addEventListener('abort', abort, { once: true });
      deadline?.addEventListener('abort', expire, { once: true });
      if (init.signal?.aborted) abort();
      else if (deadline?.aborted) expire();
      else outgoing.end(body);
    });
  };
}
