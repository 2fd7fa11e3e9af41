/** FastMCP for TypeScript, stateless with JSON answers. It ends at 2025-11-25. */
import { FastMCP } from 'fastmcp';
import * as z from 'zod';
import { verify } from './verify.mjs';

const quiet = { debug() {}, error() {}, info() {}, log() {}, warn() {} };

const server = new FastMCP({
  name: 'echo',
  version: '1.0.0',
  logger: quiet,
  async authenticate(request) {
    const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
    try {
      if (scheme !== 'Bearer') throw new Error('no bearer token');
      return await verify(token);
    } catch {
      throw new Response(null, { status: 401, statusText: 'Unauthorized' });
    }
  },
});
server.addTool({
  name: 'echo',
  description: 'Says what it is told.',
  parameters: z.object({ text: z.string() }),
  execute: async ({ text }) => text,
});
await server.start({
  transportType: 'httpStream',
  httpStream: {
    port: Number(process.env.PORT),
    host: process.env.HOST,
    stateless: true,
    enableJsonResponse: true,
  },
});
