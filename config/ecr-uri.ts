/** An image in a private repository of ECR: whoever pulls it needs permission, unlike from elsewhere. */
export interface EcrImage {
  readonly account: string;
  readonly region: string;
  /** What the region's names end in, such as `amazonaws.com`. */
  readonly domainSuffix: string;
  readonly repository: string;
  readonly digest: string;
}

const ECR_URI =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.(?<domainSuffix>amazonaws\.com(?:\.cn)?)\/(?<repository>[^@]+)@(?<digest>.+)$/;

/** Every registry of ECR, under whatever name: there are names for FIPS endpoints and for IPv6 too. */
const ANY_ECR = /^\d{12}\.dkr[.-]ecr/;

/** The parts of `<account>.dkr.ecr.<region>.<suffix>/<repository>@<digest>`; undefined for an image of another registry. */
export function parseEcrUri(uri: string): EcrImage | undefined {
  const { account, region, domainSuffix, repository, digest } = ECR_URI.exec(uri)?.groups ?? {};
  if (!account || !region || !domainSuffix || !repository || !digest) return undefined;
  return { account, region, domainSuffix, repository, digest };
}

/** True for ECR under a name that {@link parseEcrUri} does not know, so that no permission would be given to pull from it. */
export function isUnknownEcrName(uri: string): boolean {
  return ANY_ECR.test(uri) && parseEcrUri(uri) === undefined;
}
