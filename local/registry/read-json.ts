import type { IncomingMessage } from 'node:http';
import { readBody } from '../../services/shared/read-body.ts';

const LIMIT_BYTES = 64 * 1024;

/** The JSON body of a request, or `undefined` when it is none. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, LIMIT_BYTES);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
