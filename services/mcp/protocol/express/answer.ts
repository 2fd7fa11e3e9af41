import type { ServerResponse } from 'node:http';
import type { JSONRPCErrorResponse, JSONRPCNotification, JSONRPCResultResponse } from '@modelcontextprotocol/server';
import { sendJson } from '../../../shared/http-messages.ts';

export type RpcResponse = JSONRPCResultResponse | JSONRPCErrorResponse;

/** Proxies close what is silent; the load balancer does after 60 s. */
const KEEP_ALIVE_MS = 15_000;

/** What a timer can be set to; a token lives a day at most. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * The HTTP answer to one JSON-RPC request: a single JSON document, or a stream of events once there is something to say before
 * the end. A stream ends with the token that opened it.
 */
export class Answer {
  readonly #response: ServerResponse;
  readonly #until: number;
  #streaming = false;
  #timers: readonly NodeJS.Timeout[] = [];

  /**
   * @param response where it goes
   * @param options `stream`: the client takes no JSON; `until`: when a stream has to end, in seconds since the epoch
   */
  constructor(response: ServerResponse, { stream, until }: { readonly stream: boolean; readonly until: number }) {
    this.#response = response;
    this.#until = until;
    if (stream) this.#startStream();
  }

  /** Says something on the way to the end. */
  notify(notification: JSONRPCNotification): void {
    this.#startStream();
    this.#write(notification);
  }

  /** The last word. */
  finish(message: RpcResponse, status: number): void {
    if (!this.#streaming) {
      sendJson(this.#response, status, message);
      return;
    }
    this.#write(message);
    this.#end();
  }

  /** Ends without a last word: the request was cancelled, and the protocol wants no answer then. */
  abandon(): void {
    // Who hung up is told nothing more.
    if (this.#response.destroyed) return;
    this.#startStream();
    this.#end();
  }

  #startStream(): void {
    const response = this.#response;
    if (this.#streaming || response.headersSent || response.destroyed) return;
    this.#streaming = true;
    response.writeHead(200, STREAM_HEADERS);
    response.flushHeaders();
    const untilEnd = Math.min(Math.max(0, this.#until * 1000 - Date.now()), MAX_TIMER_MS);
    this.#timers = [
      setInterval(() => this.#keepAlive(), KEEP_ALIVE_MS).unref(),
      setTimeout(() => this.#end(), untilEnd).unref(),
    ];
    response.once('close', () => this.#stopTimers());
  }

  #keepAlive(): void {
    // What was said last has not left in all that time: nobody reads.
    if (this.#response.writableLength > 0) this.#response.destroy();
    else this.#response.write(': keep-alive\n\n');
  }

  #write(message: RpcResponse | JSONRPCNotification): void {
    const response = this.#response;
    if (this.#streaming && !response.writableEnded && !response.destroyed) {
      response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    }
  }

  /** The bytes may take their time to leave; nothing is written behind the end. */
  #end(): void {
    this.#stopTimers();
    if (!this.#response.writableEnded) this.#response.end();
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
