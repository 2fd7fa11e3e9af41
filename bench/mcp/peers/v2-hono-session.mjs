/**
 * The v2 SDK on Hono with a transport that lives as long as its session: no server is made for a request, but only the
 * process that began a session can serve it.
 */
import { randomUUID } from 'node:crypto';
import { serve } from '@hono/node-server';
import {
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
const transports = new Map();

async function beginSession() {
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => transports.set(id, transport),
  });
  await createEchoServer().connect(transport);
  return transport;
}

const app = new Hono();
app.post('/mcp', async (context) => {
  const request = context.req.raw;
  const auth = await gate(request);
  if (auth instanceof Response) return auth;
  const transport = transports.get(request.headers.get('mcp-session-id')) ?? (await beginSession());
  return transport.handleRequest(request, { authInfo: auth, parsedBody: await context.req.json() });
});
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: process.env.HOST });
