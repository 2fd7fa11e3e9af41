import type { ServerResponse } from 'node:http';
import type { JSONRPCErrorResponse, JSONRPCNotification, JSONRPCResultResponse } from '@modelcontextprotocol/server';
import { sendJson } from '../../../shared/http-messages.ts';

export type RpcResponse = JSONRPCResultResponse | JSONRPCErrorResponse;

/** Proxies close idle connections; the load balancer does so after 60 s. */
const KEEP_ALIVE_MS = 15_000;

/** The maximum delay of a timer; a token lives at most a day. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * The HTTP response to one JSON-RPC request: a JSON document, or an event stream if a notification precedes the result. A stream
 * ends when the token that opened it expires.
 */
export class Answer {
  readonly #response: ServerResponse;
  readonly #until: number;
  #streaming = false;
  #timers: readonly NodeJS.Timeout[] = [];

  /**
   * @param response to write to
   * @param options `stream`: the client does not accept JSON; `until`: when a stream must end, in seconds since the epoch
   */
  constructor(response: ServerResponse, { stream, until }: { readonly stream: boolean; readonly until: number }) {
    this.#response = response;
    this.#until = until;
    if (stream) this.#startStream();
  }

  /** Sends a notification before the result. */
  notify(notification: JSONRPCNotification): void {
    this.#startStream();
    this.#write(notification);
  }

  /** Sends the result and ends the response. */
  finish(message: RpcResponse, status: number): void {
    if (!this.#streaming) {
      sendJson(this.#response, status, message);
      return;
    }
    this.#write(message);
    this.#end();
  }

  /** Ends without a result: for a cancelled request, the protocol wants no response. */
  abandon(): void {
    // The client disconnected.
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
    // The previous bytes are still unsent: the client does not read.
    if (this.#response.writableLength > 0) this.#response.destroy();
    else this.#response.write(': keep-alive\n\n');
  }

  #write(message: RpcResponse | JSONRPCNotification): void {
    const response = this.#response;
    if (this.#streaming && !response.writableEnded && !response.destroyed) {
      response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    }
  }

  /** Ends the response; bytes already written may still be in transit. */
  #end(): void {
    this.#stopTimers();
    if (!this.#response.writableEnded) this.#response.end();
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
