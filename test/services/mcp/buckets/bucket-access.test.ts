import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { BucketAccess } from '../../../../services/mcp/buckets/bucket-access.ts';
import { createBucketAccess } from '../../../../services/mcp/buckets/create-bucket-access.ts';
import { dataAccessSettings, resolveDataAccess } from '../../../../services/mcp/buckets/data-access.ts';
import type { Principal } from '../../../../services/mcp/principal.ts';
import { createLogger } from '../../../../services/shared/logger.ts';
import { type Environment, readSettings } from '../../../../services/shared/settings.ts';
import { closeServers } from '../../../lambda/support/servers.ts';
import { LogCapture } from '../../support/log-capture.ts';
import { type FakeCloud, startFakeCloud, TASK_ROLE } from './support/fake-cloud.ts';
import { principal } from './support/principals.ts';

const ROLE = 'arn:aws:iam::111122223333:role/data-access';
const POISON = 'poison-that-must-not-be-used';
const HOUR = 3_600_000;
const MINUTE = 60_000;

let cloud: FakeCloud;
let log: LogCapture;
let folder: string;
const environmentBefore = { ...process.env };

/** Everything that the SDK's default chain would look at holds a mark, except for what the caller sets right. */
beforeEach(async () => {
  cloud = await startFakeCloud();
  log = new LogCapture();
  folder = mkdtempSync(join(tmpdir(), 'quilt-poison-'));
  const profile = `aws_access_key_id = ${POISON}-file\naws_secret_access_key = ${POISON}-file\n`;
  writeFileSync(join(folder, 'credentials'), `[default]\n${profile}`);
  writeFileSync(join(folder, 'config'), `[default]\nregion = eu-south-1\n${profile}`);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_ACCESS_KEY_ID: `${POISON}-variable`,
    AWS_SECRET_ACCESS_KEY: `${POISON}-variable`,
    AWS_SESSION_TOKEN: `${POISON}-variable`,
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: cloud.credentialsUri,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

afterEach(async () => {
  process.env = { ...environmentBefore };
  rmSync(folder, { recursive: true, force: true });
  await closeServers();
});

async function bucketAccess(
  environment: Environment = {},
  options: Parameters<typeof createBucketAccess>[2] = {},
): Promise<BucketAccess> {
  const settings = await readSettings(
    {
      QUILT_DATA_ROLE_ARN: ROLE,
      QUILT_DATA_BUCKETS: 'genomes,images,many-*',
      AWS_REGION: 'us-east-1',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: cloud.credentialsUri,
      ...environment,
    },
    dataAccessSettings,
  );
  const logger = createLogger({ service: 'mcp', version: 'test', level: 'info', sink: log });
  return createBucketAccess(resolveDataAccess(settings), logger, options);
}

async function list(access: BucketAccess, who: Principal, name: string): Promise<void> {
  const { bucket, s3 } = await access.open(who, name, 'read');
  await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
}

describe('credentials', () => {
  test('are made for one person, one bucket and one action, and name the person', async () => {
    await list(await bucketAccess(), principal('alice@example.org'), 's3://genomes');
    expect(cloud.assumed).toEqual([
      expect.objectContaining({
        RoleArn: ROLE,
        RoleSessionName: 'alice@example.org',
        SourceIdentity: 'alice@example.org',
        DurationSeconds: '3600',
      }),
    ]);
    const policy = cloud.assumed[0]?.Policy ?? '';
    expect(new Set(policy.match(/arn:aws:s3:::[^"]*/g))).toEqual(
      new Set(['arn:aws:s3:::genomes', 'arn:aws:s3:::genomes/*']),
    );
    expect(policy).not.toContain('s3:PutObject');
  });

  test('of a person whose name STS does not accept go by a hash', async () => {
    await list(await bucketAccess(), principal('Alice Smith'), 'genomes');
    expect(cloud.assumed[0]).toMatchObject({
      RoleSessionName: expect.stringMatching(/^sha256=[\w-]{43}$/),
      SourceIdentity: cloud.assumed[0]?.RoleSessionName,
    });
  });

  test('are made once, also for many callers at the same moment, under any spelling and with another token', async () => {
    const access = await bucketAccess();
    const spellings = ['genomes', 's3://genomes', 's3://genomes/'];
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => list(access, principal('alice'), spellings[index % 3] ?? '')),
    );
    await list(access, principal('alice'), 'genomes');
    expect(cloud.assumed).toHaveLength(1);
    expect(new Set(cloud.s3.map(({ signedBy }) => signedBy))).toEqual(new Set(['session-1']));
  });

  test('are others for another person, bucket, action, or with other rights', async () => {
    const access = await bucketAccess();
    const opened = [
      await access.open(principal('alice'), 'genomes', 'read'),
      await access.open(principal('bob'), 'genomes', 'read'),
      await access.open(principal('alice'), 'images', 'read'),
      await access.open(principal('alice'), 'genomes', 'write'),
      await access.open(principal('alice', { permissions: ['s3:GetObject'] }), 'genomes', 'read'),
    ];
    const keys = await Promise.all(opened.map(async ({ s3 }) => (await s3.config.credentials()).accessKeyId));
    expect(new Set(keys).size).toBe(5);
    expect(cloud.assumed.map(({ SourceIdentity }) => SourceIdentity)).toEqual([
      'alice',
      'bob',
      'alice',
      'alice',
      'alice',
    ]);
  });

  test('of two concurrent users are never mixed up', async () => {
    const access = await bucketAccess();
    const people = ['alice', 'bob', 'carol'];
    const opened = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const person = people[index % 3] ?? '';
        const { s3 } = await access.open(principal(person), index % 2 ? 'genomes' : 'images', 'read');
        return { person, key: (await s3.config.credentials()).accessKeyId };
      }),
    );
    const owners = new Map(cloud.assumed.map(({ SourceIdentity }, index) => [`session-${index + 1}`, SourceIdentity]));
    for (const { person, key } of opened) expect(owners.get(key)).toBe(person);
    expect(cloud.assumed).toHaveLength(6);
  });

  test('are renewed once, before they expire, and reused until then', async () => {
    let shift = 0;
    const access = await bucketAccess({}, { now: () => Date.now() + shift });
    await list(access, principal('alice'), 'genomes');
    shift = HOUR - 6 * MINUTE;
    await list(access, principal('alice'), 'genomes');
    expect(cloud.assumed).toHaveLength(1);

    shift = HOUR - 4 * MINUTE;
    cloud.expiration = Date.now() + 2 * HOUR;
    await Promise.all([list(access, principal('alice'), 'genomes'), list(access, principal('alice'), 'genomes')]);
    expect(cloud.assumed).toHaveLength(2);
    expect(cloud.s3.at(-1)?.signedBy).toBe('session-2');
  });

  test('are evicted when least recently used', async () => {
    const access = await bucketAccess({}, { capacity: 2 });
    for (const person of ['alice', 'bob', 'alice', 'carol']) await list(access, principal(person), 'genomes');
    expect(cloud.assumed).toHaveLength(3);
    await list(access, principal('alice'), 'genomes');
    expect(cloud.assumed).toHaveLength(3);
    await list(access, principal('bob'), 'genomes');
    expect(cloud.assumed).toHaveLength(4);
  });
});

describe('authorization', () => {
  test('a token with 32 buckets opens each of them', async () => {
    const access = await bucketAccess();
    const buckets = Array.from({ length: 32 }, (_, index) => `many-${index}`);
    const alice = principal('alice', { buckets });
    for (const bucket of buckets) await list(access, alice, bucket);
    expect(cloud.assumed).toHaveLength(32);
    for (const { Policy } of cloud.assumed) expect(new Set(Policy.match(/many-\d+/g)).size).toBe(1);
  });

  test('a token with * opens what the deployment reaches, and still one bucket at a time', async () => {
    const access = await bucketAccess();
    const admin = principal('admin', { buckets: ['*'] });
    await list(access, admin, 'many-new');
    expect(cloud.assumed[0]?.Policy).not.toContain('arn:aws:s3:::*');
    await expect(access.open(admin, 'elsewhere', 'read')).rejects.toMatchObject({ reason: 'bucket_not_reachable' });
  });

  test.each([
    ['a bucket that the token does not name', 'many-1', 'bucket_not_in_token'],
    ['a bucket that the deployment does not reach', 'unreached', 'bucket_not_reachable'],
    ['a path', 's3://genomes/key', 'bucket_name_invalid'],
    ['a star', '*', 'bucket_name_invalid'],
  ])('%s is refused, and AWS is not asked', async (_, name, reason) => {
    const access = await bucketAccess();
    const alice = principal('alice', { buckets: ['genomes', 'unreached'] });
    await expect(access.open(alice, name, 'read')).rejects.toMatchObject({ name: 'ToolError', reason });
    expect([cloud.assumed, cloud.s3]).toEqual([[], []]);
  });

  test('a token without a permission of the kind opens nothing', async () => {
    const reader = principal('alice', { permissions: ['s3:GetObject', 's3:ListBucket'] });
    await expect((await bucketAccess()).open(reader, 'genomes', 'write')).rejects.toMatchObject({
      reason: 'permission_missing',
    });
    expect(cloud.assumed).toEqual([]);
  });

  test('a deployment without buckets opens nothing, and calls no service', async () => {
    const access = await bucketAccess({ QUILT_DATA_ROLE_ARN: undefined, QUILT_DATA_BUCKETS: undefined });
    await expect(access.open(principal('admin', { buckets: ['*'] }), 'genomes', 'read')).rejects.toMatchObject({
      reason: 'bucket_not_reachable',
    });
    expect(access.isReachable('genomes')).toBe(false);
    expect([cloud.assumed, cloud.s3]).toEqual([[], []]);
  });
});

describe('with every source of credentials poisoned', () => {
  test('S3 sees session credentials only, and STS those that ECS gives the task', async () => {
    const access = await bucketAccess();
    for (const person of ['alice', 'bob']) await list(access, principal(person), 'genomes');
    expect(cloud.s3.length).toBeGreaterThan(1);
    for (const { signedBy, headers } of cloud.s3) {
      expect(signedBy).toMatch(/^session-\d$/);
      expect(headers['x-amz-security-token']).toBe(signedBy.replace('session', 'token'));
    }
    expect(cloud.assumed.map(({ signedBy }) => signedBy)).toEqual([TASK_ROLE, TASK_ROLE]);
    expect(JSON.stringify([cloud.s3, cloud.assumed])).not.toContain(POISON);
  });

  test('and no credentials to be had, S3 sees nothing at all', async () => {
    const access = await bucketAccess();
    cloud.refusal = { status: 403, code: 'AccessDenied' };
    await expect(access.open(principal('alice'), 'genomes', 'read')).rejects.toMatchObject({
      name: 'ToolError',
      reason: 'credentials_unavailable',
    });
    expect(cloud.s3).toEqual([]);
  });

  test('and session credentials that have ended, S3 sees no others', async () => {
    const { s3 } = await (await bucketAccess()).open(principal('alice'), 'genomes', 'read');
    cloud.ended = true;
    await expect(s3.send(new ListObjectsV2Command({ Bucket: 'genomes' }))).rejects.toMatchObject({
      name: 'ExpiredToken',
    });
    expect(new Set(cloud.s3.map(({ signedBy }) => signedBy))).toEqual(new Set(['session-1']));
  });

  test('outside of a container STS gets what the machine has, and S3 still does not', async () => {
    const access = await bucketAccess({ AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined });
    await list(access, principal('alice'), 'genomes');
    expect(cloud.assumed[0]?.signedBy).toBe(`${POISON}-variable`);
    expect(JSON.stringify(cloud.s3)).not.toContain(POISON);
  });
});

describe('a call of STS that fails', () => {
  test('is reported without AWS’s message, logged by its name, and not cached', async () => {
    const access = await bucketAccess();
    cloud.refusal = { status: 403, code: 'AccessDenied' };
    const refused = await access.open(principal('alice'), 'genomes', 'read').catch((error: unknown) => error);
    expect(String(refused)).not.toMatch(/arn:|AccessDenied|assumed-role/);
    expect(log.ofEvent('credentials_failed')).toEqual([
      expect.objectContaining({
        level: 'error',
        sub: 'alice',
        bucket: 'genomes',
        action: 'read',
        error: 'AccessDenied',
      }),
    ]);
    expect(log.text).not.toMatch(/arn:|made-up|session-\d|token-\d/);

    cloud.refusal = undefined;
    await list(access, principal('alice'), 'genomes');
    expect(cloud.s3.at(-1)?.signedBy).toBe('session-2');
  });

  test('fails for all concurrent callers', async () => {
    const access = await bucketAccess();
    cloud.refusal = { status: 403, code: 'AccessDenied' };
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => access.open(principal('alice'), 'genomes', 'read')),
    );
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    expect(cloud.assumed).toHaveLength(1);
  });
});

describe('a bucket in another region', () => {
  test.each([
    ['that may be looked at', 200],
    ['that may only be written to', 403],
  ])('%s is used in its region, which is looked up once', async (_, headStatus) => {
    cloud.regions.set('genomes', 'eu-west-1');
    cloud.headStatus = headStatus;
    const access = await bucketAccess();
    await Promise.all([list(access, principal('alice'), 'genomes'), list(access, principal('alice'), 'genomes')]);
    await list(access, principal('bob'), 'genomes');
    const heads = cloud.s3.filter(({ method }) => method === 'HEAD');
    expect(heads.map(({ region }) => region)).toEqual(['us-east-1']);
    const others = cloud.s3.filter(({ method }) => method !== 'HEAD');
    expect(others.map(({ region }) => region)).toEqual(['eu-west-1', 'eu-west-1', 'eu-west-1']);
  });

  test('that S3 does not return is looked up again by the next call', async () => {
    cloud.regions.set('genomes', 'eu-west-1');
    cloud.tellsRegions = false;
    const access = await bucketAccess();
    await list(access, principal('alice'), 'genomes').catch(() => undefined);
    cloud.tellsRegions = true;
    await list(access, principal('alice'), 'genomes');
    expect(cloud.s3.at(-1)).toMatchObject({ method: 'GET', region: 'eu-west-1' });
  });

  test('is found again after it was created in another region', async () => {
    let shift = 0;
    const access = await bucketAccess({}, { now: () => Date.now() + shift });
    await list(access, principal('alice'), 'genomes');
    cloud.regions.set('genomes', 'eu-west-1');
    shift = 11 * 60_000;
    await list(access, principal('bob'), 'genomes');
    expect(cloud.s3.at(-1)).toMatchObject({ method: 'GET', region: 'eu-west-1' });
  });
});
