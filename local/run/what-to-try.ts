import { awsVariables } from '../../cli/local/aws-settings.ts';
import type { LocalEnvironment } from './environment.ts';

/** What a rotation takes besides the life of a token: four roll-outs and the checks between them. */
const ROLL_OUTS_SECONDS = 30;

/** Reads a token from an answer of the registry or the catalog. */
const TOKEN_OF = `node -pe 'JSON.parse(fs.readFileSync(0)).token'`;

/**
 * Commands to go on with, each of which works as it is printed, in every shell. What explains them is no comment, which not
 * every shell takes when it is pasted, and is narrow: a terminal breaks a long line in the middle of a word.
 */
export function whatToTry({ endpoint, publicUrl, registryUrl, tokenLifetimeSeconds }: LocalEnvironment): string {
  const directory = process.env.QUILT_LOCAL_DIRECTORY;
  const quiltctl = `${directory ? `QUILT_LOCAL_DIRECTORY=${directory} ` : ''}bin/quiltctl`;
  const variables = Object.entries(awsVariables(endpoint)).map(([name, value]) => `  export ${name}=${value}`);
  return `\
The catalog: ${publicUrl}

What to try next, in another terminal:

Run the canary again:
  ${quiltctl} canary

Rotate the secret. No request is refused;
it takes about ${tokenLifetimeSeconds + ROLL_OUTS_SECONDS} s:
  ${quiltctl} rotate --watch

Get a token of alice, valid for ${tokenLifetimeSeconds} s (the
registry knows bob and carol, too):
  export QUILT_LOGIN=$(curl -fsS \\
    ${registryUrl}/api/login \\
    -H 'Content-Type: application/json' \\
    -d '{"username":"alice","password":"alice"}' |
    ${TOKEN_OF})
  export QUILT_TOKEN=$(curl -fsS -X POST \\
    ${publicUrl}/api/auth/mcp_token \\
    -H "Authorization: Bearer $QUILT_LOGIN" |
    ${TOKEN_OF})

Call a tool with it. The answer names the
package demo/yeast:
  curl -sS -w '\\n' ${publicUrl}/mcp \\
    -H "Authorization: Bearer $QUILT_TOKEN" \\
    -H 'Content-Type: application/json' \\
    -H 'MCP-Protocol-Version: 2026-07-28' \\
    -H 'Mcp-Method: tools/call' \\
    -H 'Mcp-Name: packages_list' \\
    -d '{
    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
    "params": {
      "name": "packages_list",
      "arguments": { "bucket": "quilt-local-genomes" },
      "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}
      }
    }
  }'

Connect an MCP client: this is .mcp.json
for one that starts where QUILT_TOKEN is
set. It works until the token expires;
"npm start -- --token-lifetime 3600" makes
that an hour:
  {
    "mcpServers": {
      "quilt": {
        "type": "http",
        "url": "${publicUrl}/mcp",
        "headers": {
          "Authorization": "Bearer \${QUILT_TOKEN}"
        }
      }
    }
  }

Point any AWS tool at the emulator:
${variables.join('\n')}`;
}
