import type { S3Client } from '@aws-sdk/client-s3';
import type { Authorization } from '../../../../../auth/authorization.ts';
import type { BucketAction } from '../../../../../contract/bucket-actions.ts';
import type { BucketAccess } from '../../../../../services/mcp/buckets/bucket-access.ts';
import { ToolError } from '../../../../../services/mcp/reasons.ts';
import { TOOLS } from '../../../../../services/mcp/tools/all-tools.ts';
import type { AnyJson } from '../../../support/any-json.ts';
import type { LogCapture } from '../../../support/log-capture.ts';
import { startEndpoint } from '../../../support/mcp-endpoint.ts';
import { bearer, modern, post } from '../../../support/rpc.ts';
import { makeTrust, type Trust } from '../../../support/trust-fixture.ts';

/** A role that every tool is open to. */
export const EVERYTHING: Authorization = {
  level: 'write',
  roles: ['Everything'],
  permissions: [...new Set(TOOLS.flatMap((tool) => tool.permissions))].sort(),
  buckets: ['*'],
};

/** The tools of the service, and a caller. */
export type ToolServer = {
  /** What the tool answers; for a tool that did not, `error` with the reason and `message`. */
  readonly call: (tool: string, args?: object | null, options?: CallOptions) => Promise<AnyJson>;
  readonly list: () => Promise<readonly AnyJson[]>;
  readonly log: LogCapture;
  readonly stop: () => Promise<void>;
};

type CallOptions = {
  readonly authorization?: Authorization;
  readonly lifetimeSeconds?: number;
  readonly signal?: AbortSignal;
};

/** Buckets that any caller may open, in a test's storage. */
export type OpenBuckets = BucketAccess & { readonly opened: (readonly [name: string, action: BucketAction])[] };

export function bucketsIn(s3: S3Client, names: readonly string[]): OpenBuckets {
  const opened: OpenBuckets['opened'] = [];
  return {
    opened,
    open: async (_principal, name, action) => {
      opened.push([name, action]);
      const bucket = name.replace('s3://', '');
      if (!names.includes(bucket)) throw new ToolError('bucket_not_in_token', 'Your token has no such bucket.');
      return { bucket, s3 };
    },
    isReachable: (bucket) => names.includes(bucket),
  };
}

export async function startToolServer(buckets: BucketAccess): Promise<ToolServer> {
  const trust = await makeTrust();
  const server = await startEndpoint(trust, TOOLS, { buckets });
  const url = `${server.url}/mcp`;
  return {
    log: server.log,
    stop: () => server.stop(),
    async list() {
      const { message, headers } = modern('tools/list');
      const answer = await post(url, message, { ...headers, ...bearer(await tokenOf(trust)) });
      return answer.message.result.tools;
    },
    async call(tool, args = {}, options = {}) {
      const { message, headers } = modern('tools/call', { name: tool, arguments: args });
      const token = await tokenOf(trust, options);
      if (options.signal !== undefined) return abandon(url, message, { ...headers, ...bearer(token) }, options.signal);
      const { result } = (await post(url, message, { ...headers, ...bearer(token) })).message;
      return result.isError ? failure(result.content[0].text) : result.structuredContent;
    },
  };
}

async function tokenOf(trust: Trust, { authorization = EVERYTHING, lifetimeSeconds }: CallOptions = {}) {
  const { token } = await trust.mint({ authorization, ...(lifetimeSeconds !== undefined && { lifetimeSeconds }) });
  return token;
}

/** Calls, and hangs up when the signal fires. */
async function abandon(
  url: string,
  message: object,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<undefined> {
  const accept = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  const request = { method: 'POST', headers: { ...accept, ...headers }, body: JSON.stringify(message), signal };
  await fetch(url, request).catch(() => {});
}

/** What the SDK says of arguments that break the schema is a sentence, and no JSON. */
function failure(text: string): AnyJson {
  try {
    return JSON.parse(text);
  } catch {
    return { error: 'schema', message: text };
  }
}
