import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, serve } from '../../../../lambda/support/servers.ts';

/** One call of AssumeRole, as STS would see it. */
export type AssumeRole = {
  /** Whose access key the request was signed with. */
  readonly signedBy: string;
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly SourceIdentity: string;
  readonly DurationSeconds: string;
  readonly Policy: string;
};

/** One request to S3. */
export type S3Request = {
  readonly method: string;
  readonly url: string;
  readonly signedBy: string;
  readonly region: string;
  readonly headers: IncomingMessage['headers'];
};

/** STS, S3 and the ECS agent on one loopback port. */
export type FakeCloud = {
  readonly endpoint: string;
  readonly assumed: AssumeRole[];
  readonly s3: S3Request[];
  /** Where the agent gives out credentials that are signed with as `task-role`. */
  readonly credentialsUri: string;
  /** The regions of buckets that are not at home. */
  readonly regions: Map<string, string>;
  /** Whether S3 says where a bucket is; it does not while it fails. */
  tellsRegions: boolean;
  /** What STS answers instead of credentials; a status and an XML error code. */
  refusal: { readonly status: number; readonly code: string } | undefined;
  /** What HEAD of a bucket says beside the region. */
  headStatus: number;
  /** When the credentials end that STS gives out: milliseconds since the epoch. */
  expiration: number;
  /** Whether S3 finds that the credentials have ended. */
  ended: boolean;
};

export const TASK_ROLE = 'task-role';
const HOME = 'us-east-1';

export async function startFakeCloud(): Promise<FakeCloud> {
  const endpoint = await serve(async (request, response) => {
    if (request.url === '/credentials') answerCredentials(response);
    else if (request.method === 'POST' && request.url === '/') await answerSts(request, response);
    else answerS3(request, response);
  });
  const cloud: FakeCloud = {
    endpoint,
    assumed: [],
    s3: [],
    credentialsUri: `${endpoint}/credentials`,
    regions: new Map(),
    tellsRegions: true,
    refusal: undefined,
    headStatus: 200,
    expiration: Date.now() + 3_600_000,
    ended: false,
  };

  async function answerSts(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    const { signedBy } = signatureOf(request);
    cloud.assumed.push({ ...(parameters as Omit<AssumeRole, 'signedBy'>), signedBy });
    const number = cloud.assumed.length;
    response.setHeader('content-type', 'text/xml');
    if (cloud.refusal) {
      const { status, code } = cloud.refusal;
      const message = `User: arn:aws:sts::111122223333:assumed-role/task is refused ${parameters.Policy?.length}`;
      response.writeHead(status);
      response.end(`<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
      return;
    }
    response.end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>session-${number}</AccessKeyId><SecretAccessKey>made-up-${number}</SecretAccessKey>
        <SessionToken>token-${number}</SessionToken><Expiration>${new Date(cloud.expiration).toISOString()}</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  }

  function answerS3(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    const { signedBy, region } = signatureOf(request);
    cloud.s3.push({ method, url, headers, signedBy, region });
    const [, bucket = ''] = /^\/([^/?]+)/.exec(url) ?? [];
    const home = cloud.regions.get(bucket) ?? HOME;
    if (cloud.tellsRegions) response.setHeader('x-amz-bucket-region', home);
    response.setHeader('content-type', 'application/xml');
    if (region !== home) response.writeHead(301).end();
    else if (method === 'HEAD') response.writeHead(cloud.headStatus).end();
    else if (cloud.ended) response.writeHead(400).end('<Error><Code>ExpiredToken</Code></Error>');
    else response.end(`<ListBucketResult><Name>${bucket}</Name><KeyCount>0</KeyCount></ListBucketResult>`);
  }

  function answerCredentials(response: ServerResponse): void {
    response.setHeader('content-type', 'application/json');
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    response.end(
      JSON.stringify({ AccessKeyId: TASK_ROLE, SecretAccessKey: 'made-up', Token: `${TASK_ROLE}-token`, Expiration }),
    );
  }

  return cloud;
}

/** Access key and region, from the credential scope of a signature (version 4). */
function signatureOf({ headers }: IncomingMessage): { readonly signedBy: string; readonly region: string } {
  const [, signedBy = '', region = ''] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  return { signedBy, region };
}
