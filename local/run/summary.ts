import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { canaryTable } from '../../cli/canary.ts';
import { table } from '../../cli/format.ts';
import { awsVariables } from '../../cli/local/aws-settings.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import type { LocalEnvironment } from './environment.ts';

/** What `npm start` reports; with `--json`, this document. */
export interface Summary {
  readonly stacks: readonly { readonly name: string; readonly status: string }[];
  readonly services: readonly {
    readonly service: string;
    readonly running: number;
    readonly desired: number;
    readonly keyIds: readonly string[];
  }[];
  readonly canary: CanaryReport;
  readonly urls: { readonly catalog: string; readonly mcp: string; readonly registry: string; readonly aws: string };
}

/** Collects the summary of a deployed environment. */
export async function summarise(environment: LocalEnvironment, canary: CanaryReport): Promise<Summary> {
  const { Stacks } = await new CloudFormationClient(environment.clientSettings).send(new DescribeStacksCommand({}));
  return {
    stacks: (Stacks ?? [])
      .filter((stack) => stack.StackName !== 'CDKToolkit')
      .map((stack) => ({ name: stack.StackName ?? '', status: stack.StackStatus ?? '' })),
    services: canary.services.map(({ service, running, desired }) => ({
      service,
      running,
      desired,
      // What the tasks themselves show: they may hold something else than the parameters by now.
      keyIds: [...new Set(canary.tasks[service].flatMap((task) => task.keyIds))],
    })),
    canary,
    urls: {
      catalog: environment.publicUrl,
      mcp: `${environment.publicUrl}/mcp`,
      registry: environment.registryUrl,
      aws: environment.endpoint,
    },
  };
}

/** The summary for people. */
export function summaryTables({ stacks, services, canary, urls }: Summary): string {
  return [
    table([['STACK', 'STATUS'], ...stacks.map(({ name, status }) => [name, status])]),
    table([
      ['SERVICE', 'TASKS', 'KEY IDS'],
      ...services.map(({ service, running, desired, keyIds }) => [
        service,
        `${running} of ${desired} running`,
        keyIds.join(', '),
      ]),
    ]),
    canaryTable(canary),
    table([['URL', ''], ...Object.entries(urls).map(([name, url]) => [name, url])]),
  ].join('\n\n');
}

/** What a rotation takes besides the life of a token: four rollouts and the checks between them. */
const ROLLOUTS_SECONDS = 30;

/** Reads a token from an answer of the registry or the catalog. */
const TOKEN_OF = `node -pe 'JSON.parse(fs.readFileSync(0)).token'`;

/**
 * Commands to try next, each of which works as printed in every shell. The explanations are not comments, which some shells
 * reject when pasted, and they are narrow, because a terminal breaks a long line in the middle of a word.
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
it takes about ${tokenLifetimeSeconds + ROLLOUTS_SECONDS} s:
  ${quiltctl} rotate --watch

Get a token for alice, valid for
${tokenLifetimeSeconds} s (the registry also has bob and carol):
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
