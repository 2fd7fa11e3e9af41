/**
 * The v2 SDK on Hono as we would have it: a bare application, in which Hono reads the body. That of the SDK has the SDK
 * read a copy of it, which takes as long as all the rest.
 */
import { serve } from '@hono/node-server';
import {
  createMcpHandler,
  OAuthError,
  OAuthErrorCode,
  requireBearerAuth,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { Hono } from 'hono';
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

const app = new Hono();
app.post('/mcp', async (context) => {
  const auth = await gate(context.req.raw);
  if (auth instanceof Response) return auth;
  return serveMcp(context.req.raw, { authInfo: auth, parsedBody: await context.req.json() });
});
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: process.env.HOST });
