/** The v2 SDK on Express, with the SDK's own application, bearer gate and adapter. A process serves one era. */
import { createMcpExpressApp, requireBearerAuth } from '@modelcontextprotocol/express';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { createEchoServer } from './echo-server.mjs';
import { accessTokenVerifier } from './verify.mjs';

const verifier = accessTokenVerifier((message) => new OAuthError(OAuthErrorCode.InvalidToken, message));
const nodeHandler = toNodeHandler(createMcpHandler(createEchoServer, { legacy: 'reject', responseMode: 'json' }));

async function serveLegacy(request, response) {
  const transport = new NodeStreamableHTTPServerTransport({ enableJsonResponse: true });
  await createEchoServer().connect(transport);
  await transport.handleRequest(request, response, request.body);
}

const serveModern = (request, response) => nodeHandler(request, response, request.body);
const serveMcp = process.env.BENCH_ERA === 'modern' ? serveModern : serveLegacy;

const app = createMcpExpressApp();
app.post('/mcp', requireBearerAuth({ verifier }), serveMcp);
app.listen(Number(process.env.PORT), process.env.HOST);
