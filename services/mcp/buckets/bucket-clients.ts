import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { LruCache } from '../lru-cache.ts';
import type { BucketCredentials } from './assume-data-role.ts';

const CONNECTION_TIMEOUT_MS = 2_000;
/** Without a byte from S3. */
const SOCKET_TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
/** Names and region codes: some 100 bytes each. */
const KNOWN_REGIONS = 10_000;
/** A bucket may be deleted and made anew elsewhere. */
const REGION_KNOWN_MS = 10 * 60_000;

type BucketClient = { readonly s3: S3Client; readonly isCertain: boolean };

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * Makes S3 clients, each with one set of credentials and for the region that its bucket is in.
 *
 * The region is asked for once a bucket. The SDK's `followRegionRedirects` would find it too, but it changes the client's region
 * while a request is under way, which calls side by side on one client do not survive, and it leaves presigned URLs wrong.
 */
export class BucketClients {
  /** One pool of connections for all clients: a client by itself is then some 25 KB and 0.2 ms. */
  readonly #requestHandler = new NodeHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
  });
  readonly #regions = new LruCache<{ readonly region: string; readonly until: number }>(KNOWN_REGIONS);
  readonly #homeRegion: string;
  readonly #now: () => number;

  /** @param homeRegion - where buckets are as long as nothing else is known; `now` in milliseconds */
  constructor(homeRegion: string, now: () => number) {
    this.#homeRegion = homeRegion;
    this.#now = now;
  }

  /** @returns the client, and whether it is for certain in the right region: another one is good for a single try */
  async create(bucket: string, credentials: BucketCredentials): Promise<BucketClient> {
    const known = this.#regions.get(bucket);
    if (known !== undefined && this.#now() < known.until) {
      return { s3: this.#clientIn(known.region, credentials), isCertain: true };
    }
    const home = this.#clientIn(this.#homeRegion, credentials);
    const region = await regionOf(bucket, home);
    if (region === undefined) return { s3: home, isCertain: false };
    this.#regions.set(bucket, { region, until: this.#now() + REGION_KNOWN_MS });
    return { s3: region === this.#homeRegion ? home : this.#clientIn(region, credentials), isCertain: true };
  }

  /** The credentials are values, not a provider: there is nothing behind them that a client could turn to. */
  #clientIn(region: string, credentials: BucketCredentials): S3Client {
    return new S3Client({ region, credentials, requestHandler: this.#requestHandler, maxAttempts: ATTEMPTS });
  }
}

/**
 * The region of a bucket, which S3 tells also to who asks in the wrong one (301, 400) or has no right to it (403).
 * `undefined` when it does not: what is wrong is for the request to say that is made next.
 */
async function regionOf(bucket: string, s3: S3Client): Promise<string | undefined> {
  const region = await s3.send(new HeadBucketCommand({ Bucket: bucket })).then(
    ({ BucketRegion }) => BucketRegion,
    (error: unknown) => regionHeaderOf(error),
  );
  return region !== undefined && REGION.test(region) ? region : undefined;
}

function regionHeaderOf(error: unknown): string | undefined {
  const { $response: response } = error as { $response?: { headers?: Readonly<Record<string, string>> } };
  return response?.headers?.['x-amz-bucket-region'];
}
