import {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../auth/encoding.ts';
import type { MintedToken } from '../../auth/mint-enhanced-token.ts';
import { type Dial, DialError } from '../shared/dial.ts';
import {
  type Answer,
  answerOf,
  type Fault,
  failureOf,
  faultOfAnswer,
  faultOfDial,
  type RequestFailure,
} from '../shared/fault.ts';

/** One request of the MCP client on the wire; `rpcMethod` is the HTTP method if there is no message. */
type Exchange = { readonly rpcMethod: string } & ({ readonly answer: Answer } | { readonly error: DialError });

export type McpOptions = {
  readonly url: URL;
  readonly dial: Dial;
  /** Sent with every request except `initialize`. */
  readonly token: MintedToken | undefined;
  readonly timeoutMs: number;
};

/** A tool's result as JSON, structured or as text; empty when it is neither. */
export type ToolAnswer = JsonObject;

const INITIALIZED = 'notifications/initialized';

function rpcMethodOf(init: RequestInit): string {
  if (typeof init.body !== 'string') return init.method ?? 'GET';
  const message: unknown = JSON.parse(init.body);
  const method: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'method') : undefined;
  return typeof method === 'string' ? method : 'response';
}

/**
 * A session of the real MCP client, in the legacy era: `initialize` has no token, as in a browser; every later request has one. It
 * records the traffic, because the client's own errors quote server responses, and because the client hides some refusals.
 */
export class McpSession {
  readonly #client = new Client({ name: 'quilt-mcp-canary', version: '1' }, { enforceStrictCapabilities: true });
  readonly #exchanges: Exchange[] = [];
  readonly #underWay = new Set<Promise<Response>>();
  readonly #transport: StreamableHTTPClientTransport;
  readonly #options: McpOptions;
  #token: MintedToken | undefined;
  #handshake: unknown;

  private constructor(options: McpOptions) {
    this.#options = options;
    this.#token = options.token;
    this.#transport = new StreamableHTTPClientTransport(options.url, {
      fetch: (url, init) => this.#track(this.#exchange(url, init ?? {})),
      // A redirect is a fault; following it would hide it.
      requestInit: { redirect: 'manual' },
      reconnectionOptions: {
        maxRetries: 0,
        initialReconnectionDelay: 0,
        maxReconnectionDelay: 0,
        reconnectionDelayGrowFactor: 1,
      },
    });
  }

  /** Opens a session: `initialize` and its notification. Never throws; `requireInitialize` reports a failure. */
  static async open(options: McpOptions): Promise<McpSession> {
    const session = new McpSession(options);
    try {
      await session.#client.connect(session.#transport, { timeout: options.timeoutMs });
    } catch (error) {
      session.#handshake = error;
    }
    return session;
  }

  /** @throws RequestFailure when `initialize` did not succeed */
  requireInitialize(): void {
    // The client sends the notification only after a valid result.
    if (this.#handshake !== undefined && !this.#sent(INITIALIZED)) throw this.#failure(this.#handshake, 'initialize');
  }

  /**
   * @throws RequestFailure when the session's token was refused so far. The client continues after some refusals (such as that of its
   * background stream), so its user would not notice.
   */
  async requireNoRefusal(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    for (const exchange of this.#exchanges) {
      const fault = 'answer' in exchange ? faultOfAnswer(exchange.answer) : undefined;
      if (fault?.kind === 'token-refused') throw failureOf(fault, exchange.rpcMethod);
    }
  }

  /** The headers of this session without its token. */
  get headers(): Readonly<Record<string, string>> {
    const { sessionId, protocolVersion } = this.#transport;
    return {
      ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
      ...(protocolVersion === undefined ? {} : { 'mcp-protocol-version': protocolVersion }),
    };
  }

  /**
   * The names of all tools.
   *
   * @throws RequestFailure when the notification before it or the request failed
   */
  async listTools(): Promise<readonly string[]> {
    if (this.#handshake !== undefined) throw this.#failure(this.#handshake, INITIALIZED);
    return this.#ask('tools/list', async (options) => {
      const { tools } = await this.#client.listTools(undefined, options);
      return tools.map((tool) => tool.name);
    });
  }

  /**
   * Calls a tool without arguments.
   *
   * @returns its answer, or `undefined` when the tool itself returned an error
   * @throws RequestFailure when the request failed
   */
  async callTool(name: string): Promise<ToolAnswer | undefined> {
    return this.#ask('tools/call', async (options) => {
      const { isError, structuredContent, content } = await this.#client.callTool({ name, arguments: {} }, options);
      if (isError === true) return undefined;
      if (isJsonObject(structuredContent)) return structuredContent;
      const [first] = content ?? [];
      return (first?.type === 'text' ? parseJsonObject(first.text) : undefined) ?? {};
    });
  }

  /** Continues with another token, as a client does before its token expires. */
  useToken(token: MintedToken): void {
    this.#token = token;
  }

  /** Ends the session on the server and all requests in progress. */
  async close(): Promise<void> {
    // Best effort: a server may refuse it, or keep no sessions.
    if (this.#handshake === undefined) await this.#transport.terminateSession().catch(() => {});
    await this.leave();
  }

  /** Ends requests in progress; the session stays open on the server. */
  async leave(): Promise<void> {
    await this.#client.close();
  }

  async #ask<T>(rpcMethod: string, ask: (options: { timeout: number }) => Promise<T>): Promise<T> {
    try {
      return await ask({ timeout: this.#options.timeoutMs });
    } catch (error) {
      throw this.#failure(error, rpcMethod);
    }
  }

  #track(exchange: Promise<Response>): Promise<Response> {
    this.#underWay.add(exchange);
    return exchange.finally(() => this.#underWay.delete(exchange));
  }

  async #exchange(url: string | URL, init: RequestInit): Promise<Response> {
    const rpcMethod = rpcMethodOf(init);
    const headers = new Headers(init.headers);
    const token = rpcMethod === 'initialize' ? undefined : this.#token;
    if (token !== undefined) headers.set('authorization', `Bearer ${token.token}`);
    try {
      const response = await this.#options.dial(url, { ...init, headers });
      this.#exchanges.push({ rpcMethod, answer: answerOf(response, this.#options.url, token?.keyId) });
      return response;
    } catch (error) {
      if (error instanceof DialError) this.#exchanges.push({ rpcMethod, error });
      throw error;
    }
  }

  #sent(rpcMethod: string): boolean {
    return this.#exchanges.some((exchange) => exchange.rpcMethod === rpcMethod);
  }

  #failure(error: unknown, rpcMethod: string): RequestFailure {
    return failureOf(this.#faultOf(error, rpcMethod), rpcMethod);
  }

  #faultOf(error: unknown, rpcMethod: string): Fault {
    const last = this.#exchanges.findLast((exchange) => exchange.rpcMethod === rpcMethod);
    if (last !== undefined && 'error' in last) return faultOfDial(last.error);
    if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) return { kind: 'time-out' };
    const seen = last === undefined ? undefined : faultOfAnswer(last.answer);
    if (seen !== undefined) return seen;
    if (error instanceof ProtocolError) return { kind: 'mcp-error', code: `error ${error.code}` };
    return { kind: 'mcp-error', code: error instanceof SdkError ? error.code : 'an answer that is not MCP' };
  }
}
