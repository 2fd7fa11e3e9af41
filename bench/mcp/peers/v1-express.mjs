/** The v1 SDK on Express, with the SDK's own application and bearer gate, stateless. It ends at 2025-11-25. */
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createEchoServerV1 } from './echo-server.mjs';
import { accessTokenVerifier } from './verify.mjs';

const verifier = accessTokenVerifier((message) => new InvalidTokenError(message));

const app = createMcpExpressApp();
app.post('/mcp', requireBearerAuth({ verifier }), async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  await createEchoServerV1().connect(transport);
  await transport.handleRequest(request, response, request.body);
});
app.listen(Number(process.env.PORT), process.env.HOST);
