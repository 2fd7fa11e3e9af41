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
  /** The client's own ID of its request. */
  readonly id: string | number;
  readonly answer: Pick<Answer, 'notify' | 'finish' | 'abandon'>;
};

/** A request that is being served. */
export type Running = {
  /** Tells the tool to stop, and answers with nothing. Does nothing once there is an answer. */
  readonly cancel: () => void;
};

/**
 * HTTP status of an error that the protocol layer finds before a tool runs: in the modern era the status says it too. An error
 * of a tool comes with 200, but for a missing capability of the client, whose 400 the revision demands.
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
const NO_REQUEST = { code: -32600, message: 'The message is no request of the protocol.' };

/**
 * One connection of an SDK server that serves the requests of many callers at once: making a server for each request costs more
 * than everything else together.
 *
 * What keeps callers apart: each request gets an ID of our own, so that equal IDs of two clients never meet; everything that the
 * server sends is matched to its request by that ID, and dropped when the request is over; who calls is handed over with each
 * request and kept nowhere. A server of this kind must hold no state of a client: it never asks a client anything, and is told
 * nothing of one but its request.
 *
 * Derived from the SDK's transport for a single request because that alone binds a server to the modern era; nothing of its way
 * to serve one is used.
 */
export class Multiplexer extends PerRequestHTTPServerTransport {
  readonly #classification: Classification;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Whether the protocol layer is being handed a request: what it answers now, it answers without a tool. */
  #dispatching = false;
  /** Whether it refused the request without an answer: it drops what it takes for none. */
  #refused = false;

  constructor(classification: Classification) {
    super({ classification });
    this.#classification = classification;
  }

  /** Has to be called once the server is connected, which listens for errors from then on. */
  connected(): void {
    const report = this.onerror;
    this.onerror = (error) => {
      this.#refused = true;
      report?.(error);
    };
  }

  /** Hands a request to the server. */
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

  /** What the server says: to whoever it is about, and to nobody once their request is over. */
  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (!('method' in message)) {
      this.#finish(message);
      return;
    }
    // The answer could reach another task, which knows nothing of the question.
    if ('id' in message) throw new Error('This service asks nothing of its clients.');
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
