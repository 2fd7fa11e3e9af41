import type { JSONRPCRequest, McpServer } from '@modelcontextprotocol/server';
import type { Era } from '../../principal.ts';
import type { RpcResponse } from './answer.ts';
import { Multiplexer } from './multiplexer.ts';

/** Creates a server with all tools. A server of the modern era must know its revision before it is connected. */
export type CreateServer = (era: Era) => McpServer;

export type WarmServer = { readonly server: McpServer; readonly connection: Multiplexer };

/** The revision of the modern era that this service speaks. */
export const MODERN_REVISION = '2026-07-28';

/**
 * Servers with a completed handshake: one for the modern era, and one for each legacy protocol version. The handshake is simulated:
 * no client exchanges capabilities with them.
 */
export class WarmServers {
  readonly #create: CreateServer;
  readonly #legacy = new Map<string, Promise<WarmServer>>();
  #modern: Promise<WarmServer> | undefined;

  constructor(create: CreateServer) {
    this.#create = create;
  }

  /** The server of the modern era. */
  modern(): Promise<WarmServer> {
    this.#modern ??= connect(this.#create('modern'), { era: 'modern', revision: MODERN_REVISION });
    return this.#modern;
  }

  /** @param protocolVersion supported by the SDK */
  legacy(protocolVersion: string): Promise<WarmServer> {
    let known = this.#legacy.get(protocolVersion);
    if (known === undefined) {
      known = this.#greeted(protocolVersion);
      this.#legacy.set(protocolVersion, known);
    }
    return known;
  }

  /** Answers a client's `initialize` by a server that serves nothing else. */
  async initialize(request: JSONRPCRequest): Promise<RpcResponse> {
    const { server, connection } = await connect(this.#create('legacy'), { era: 'legacy' });
    try {
      return await answerTo(connection, request);
    } finally {
      await server.close();
    }
  }

  async #greeted(protocolVersion: string): Promise<WarmServer> {
    const warm = await connect(this.#create('legacy'), { era: 'legacy' });
    const clientInfo = { name: 'nobody', version: '0' };
    const params = { protocolVersion, capabilities: {}, clientInfo };
    await answerTo(warm.connection, { jsonrpc: '2.0', id: 0, method: 'initialize', params });
    return warm;
  }
}

async function connect(
  server: McpServer,
  classification: ConstructorParameters<typeof Multiplexer>[0],
): Promise<WarmServer> {
  const connection = new Multiplexer(classification);
  await server.connect(connection);
  connection.connected();
  return { server, connection };
}

function answerTo(connection: Multiplexer, request: JSONRPCRequest): Promise<RpcResponse> {
  return new Promise((resolve) => {
    connection.run(request, { notify: () => {}, abandon: () => {}, finish: resolve }, undefined);
  });
}
