import { RegionInfo } from 'aws-cdk-lib/region-info';
import { placeOf, rule } from './rules.ts';
import type { CheckedKeys } from './schema.ts';
import { parseEcrUri } from './service.ts';

/** Adds a problem with one key. */
export type Refuse = (path: readonly (string | number)[], message: string) => void;

/** What is imported has to be where it can be used: in the partition, and mostly in the account and region, of the deployment. */
export function checkPlaces(environment: CheckedKeys, refuse: Refuse): void {
  const { region, vpc } = environment;
  const { partition, domainSuffix } = RegionInfo.get(region);
  if (!vpc.availabilityZones.every((zone) => zone.slice(0, -1) === region))
    refuse(['vpc', 'availabilityZones'], rule('The zones are zones of the region', `Write zones such as ${region}a`));
  if (partition === undefined || domainSuffix === undefined) {
    // Conditions of the key's policies are built from the region's domain, which CDK knows.
    refuse(
      ['region'],
      rule('The region is one that the installed CDK knows', 'Correct its spelling, or update aws-cdk-lib and aws-cdk'),
    );
    return;
  }
  for (const named of namedArns(environment)) checkArn(named, partition, refuse);
  checkImages(environment, { partition, domainSuffix }, refuse);
}

/** A key that names something by its ARN, and where that has to be. */
interface NamedArn {
  readonly path: readonly string[];
  /** Absent where the key is left out, or nothing is imported. */
  readonly arn: string | undefined;
  /** @default - any */
  readonly region?: string;
  /** @default - any */
  readonly accounts?: readonly string[];
  /** @default - any place of the partition will do */
  readonly message?: string;
}

function namedArns(environment: CheckedKeys): readonly NamedArn[] {
  const { account, region, certificate, encryptionKey, loadBalancer, iam, operations, ci, dataAccess } = environment;
  const here = { region, accounts: [account] };
  return [
    {
      path: ['certificate', 'arn'],
      arn: certificate.kind === 'import' ? certificate.arn : undefined,
      ...here,
      message: rule(
        'A load balancer takes certificates of its own account and region only',
        `Import the certificate into ${region} of account ${account}`,
      ),
    },
    {
      path: ['encryptionKey', 'arn'],
      arn: encryptionKey.kind === 'import' ? encryptionKey.arn : undefined,
      ...here,
      message: rule(
        'The secret is kept under a key of its own account and region, where its functions may decrypt',
        `Give a key of ${region} in account ${account}`,
      ),
    },
    {
      path: ['loadBalancer', 'listenerArn'],
      arn: loadBalancer.kind === 'import' ? loadBalancer.listenerArn : undefined,
      ...here,
      message: rule(
        'Rules are added to listeners of the own account and region only',
        `Give a listener of ${region} in account ${account}`,
      ),
    },
    {
      path: ['operations', 'topic', 'arn'],
      arn: operations.topic.kind === 'import' ? operations.topic.arn : undefined,
      region,
      message: rule('Alarms go to topics of their own region only', `Give a topic of ${region}`),
    },
    {
      path: ['iam', 'permissionsBoundary'],
      arn: iam.permissionsBoundary,
      accounts: [account, 'aws'],
      message: rule(
        'A role is bounded by a policy of its own account, or by one of AWS',
        `Give a policy of account ${account}`,
      ),
    },
    {
      path: ['ci', 'oidcProvider', 'arn'],
      arn: ci?.oidcProvider.kind === 'import' ? ci.oidcProvider.arn : undefined,
      accounts: [account],
      message: rule(
        'A role believes OIDC providers of its own account only',
        `Give the provider of account ${account}`,
      ),
    },
    // A bucket may be in another region or account, and its key with it.
    ...dataAccess.encryptionKeyArns.map((arn, index) => ({
      path: ['dataAccess', 'encryptionKeyArns', String(index)],
      arn,
    })),
  ];
}

function checkArn({ path, arn, region, accounts, message }: NamedArn, partition: string, refuse: Refuse): void {
  if (arn === undefined) return;
  const place = placeOf(arn);
  if (place.partition !== partition)
    refuse(
      path,
      rule(`What the region can use has an ARN that begins with arn:${partition}:`, 'Give one of this partition'),
    );
  else if (message && ((region ?? place.region) !== place.region || accounts?.includes(place.account) === false))
    refuse(path, message);
}

/** Another account's repository may be pulled from, and another region's, but nothing crosses a partition. */
function checkImages(
  { services, region }: CheckedKeys,
  own: { readonly partition: string; readonly domainSuffix: string },
  refuse: Refuse,
): void {
  for (const [service, { image }] of Object.entries(services)) {
    const ecr = image.kind === 'reference' ? parseEcrUri(image.uri) : undefined;
    if (ecr === undefined) continue;
    if (RegionInfo.get(ecr.region).partition !== own.partition || ecr.domainSuffix !== own.domainSuffix)
      refuse(
        ['services', service, 'image', 'uri'],
        rule(
          `ECS in ${region} pulls from ECR of the partition ${own.partition} only`,
          `Copy the image to a repository whose name ends in ${own.domainSuffix}, in a region of the partition`,
        ),
      );
  }
}
