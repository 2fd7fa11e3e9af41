import {
  type AuthInfo,
  type JSONRPCMessage,
  type JSONRPCRequest,
  PerRequestHTTPServerTransport,
  type TransportSendOptions,
} from '@modelcontextprotocol/server';
import type { Answer, RpcResponse } from './answer.ts';

type Classification = ConstructorParameters<typeof PerRequestHTTPServerTransport>[0]['classification'];

type Pending = {
  /** The client's request ID. */
  readonly id: string | number;
  readonly answer: Pick<Answer, 'notify' | 'finish' | 'abandon'>;
};

/** A request in progress. */
export type Running = {
  /** Aborts the tool and ends the response without a result. No effect once there is a response. */
  readonly cancel: () => void;
};

/**
 * HTTP status of an error that the protocol layer finds before a tool runs; the modern era also reports it by status. A tool's error
 * has status 200, except for a missing client capability, for which the revision requires 400.
 */
const EARLY_STATUS: Readonly<Record<number, number>> = {
  [-32700]: 400,
  [-32600]: 400,
  [-32601]: 404,
  [-32602]: 400,
  [-32022]: 400,
  [-32021]: 400,
  [-32020]: 400,
};
const CAPABILITY_MISSING = -32021;
const NO_REQUEST = { code: -32600, message: 'The message is not a valid request.' };

/**
 * One SDK server connection that serves the requests of many callers at once: a server per request would cost more than
 * everything else together.
 *
 * Callers are isolated as follows. Each request gets an internal ID, so equal IDs of two clients never meet. Each server message is
 * matched to its request by that ID, and dropped once the request is complete. The caller is passed with each request and kept
 * nowhere. Such a server must not hold client state: it never asks a client anything and receives only requests.
 *
 * It extends the SDK's single-request transport because only that binds a server to the modern era; it uses none of its request
 * handling.
 */
export class Multiplexer extends PerRequestHTTPServerTransport {
  readonly #classification: Classification;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Set while the protocol layer receives a request: an answer at this point does not come from a tool. */
  #dispatching = false;
  /** Set when it rejected the request without an answer: it drops messages that it does not recognize. */
  #refused = false;

  constructor(classification: Classification) {
    super({ classification });
    this.#classification = classification;
  }

  /** Call once the server is connected; it listens for errors from then on. */
  connected(): void {
    const report = this.onerror;
    this.onerror = (error) => {
      this.#refused = true;
      report?.(error);
    };
  }

  /** Passes a request to the server. */
  run(request: JSONRPCRequest, answer: Pending['answer'], authInfo: AuthInfo | undefined): Running {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#pending.set(id, { id: request.id, answer });
    this.#dispatching = true;
    this.#refused = false;
    try {
      this.#receive({ ...request, id }, authInfo);
      if (this.#refused) this.#finish({ jsonrpc: '2.0', id, error: NO_REQUEST });
    } catch (error) {
      this.#pending.delete(id);
      throw error;
    } finally {
      this.#dispatching = false;
    }
    return { cancel: () => this.#cancel(id) };
  }

  /** Routes a server message to its request, or drops it when the request is complete. */
  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (!('method' in message)) {
      this.#finish(message);
      return;
    }
    // The client's response could reach another task, which does not know the question.
    if ('id' in message) throw new Error('This service sends no requests to clients.');
    const { relatedRequestId } = options ?? {};
    if (typeof relatedRequestId === 'number') this.#pending.get(relatedRequestId)?.answer.notify(message);
  }

  #finish(message: RpcResponse): void {
    const pending = typeof message.id === 'number' ? this.#pending.get(message.id) : undefined;
    if (pending === undefined) return;
    this.#pending.delete(message.id as number);
    pending.answer.finish({ ...message, id: pending.id }, this.#statusOf(message));
  }

  #statusOf(message: RpcResponse): number {
    if (!('error' in message) || this.#classification.era === 'legacy') return 200;
    const { code } = message.error;
    return this.#dispatching || code === CAPABILITY_MISSING ? (EARLY_STATUS[code] ?? 200) : 200;
  }

  #cancel(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    this.#receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }, undefined);
    pending.answer.abandon();
  }

  #receive(message: JSONRPCMessage, authInfo: AuthInfo | undefined): void {
    this.onmessage?.(message, { classification: this.#classification, ...(authInfo !== undefined && { authInfo }) });
  }
}
