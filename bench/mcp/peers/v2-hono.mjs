/**
 * The v2 SDK on Hono, with the SDK's application and bearer gate, as its documentation has it. A process serves one
 * era, so that it does not have to tell them apart.
 */
import { serve } from '@hono/node-server';
import { createMcpHonoApp } from '@modelcontextprotocol/hono';
import {
  createMcpHandler,
  OAuthError,
  OAuthErrorCode,
  requireBearerAuth,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { createEchoServer } from './echo-server.mjs';
import { accessTokenVerifier } from './verify.mjs';

const verifier = accessTokenVerifier((message) => new OAuthError(OAuthErrorCode.InvalidToken, message));
const gate = requireBearerAuth({ verifier });
const handler = createMcpHandler(createEchoServer, { legacy: 'reject', responseMode: 'json' });

async function serveLegacy(request, options) {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await createEchoServer().connect(transport);
  return transport.handleRequest(request, options);
}

const serveMcp = process.env.BENCH_ERA === 'modern' ? handler.fetch : serveLegacy;

const app = createMcpHonoApp();
app.post('/mcp', async (context) => {
  const auth = await gate(context.req.raw);
  if (auth instanceof Response) return auth;
  return serveMcp(context.req.raw, { authInfo: auth, parsedBody: context.get('parsedBody') });
});
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: process.env.HOST });
