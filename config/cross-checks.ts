import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { z } from 'zod';
import { EMULATOR_ACCOUNT, isLoopbackUrl } from './emulator.ts';
import { incomingPath } from './incoming-path.ts';
import type { LoadBalancerConfig, VpcConfig } from './network.ts';
import { regionOf, rule } from './rules.ts';

/** The keys that rules across keys look at. */
interface Checked {
  readonly account: string;
  readonly region: string;
  readonly namePrefix: string;
  readonly hostName: string;
  readonly publicUrl?: string | undefined;
  readonly registryUrl: string;
  readonly dns: { kind: 'hosted-zone'; zoneName: string } | { kind: 'outside' };
  readonly certificate: { kind: 'create' } | { kind: 'import'; arn: string };
  readonly encryptionKey: { kind: 'create' } | { kind: 'import'; arn: string };
  readonly vpc: VpcConfig;
  readonly loadBalancer: LoadBalancerConfig;
  readonly signingSecretParameter: string;
  readonly keySetParameter: string;
}

type Refuse = (path: readonly string[], message: string) => void;

/** Rules that no key can tell by itself. They run once every key by itself is valid. */
export function checkAcrossKeys(environment: Checked, context: z.core.$RefinementCtx): void {
  const refuse: Refuse = (path, message) => {
    context.addIssue({ code: 'custom', path: [...path], message });
  };
  checkUrls(environment, refuse);
  checkRegions(environment, refuse);
  checkNetwork(environment, refuse);
  if (environment.signingSecretParameter === environment.keySetParameter)
    refuse(
      ['keySetParameter'],
      rule('The signing secret and the key set are two parameters', 'Give the key set another name'),
    );
  checkIncoming(environment, refuse);
}

/** What lies there is deleted once a rotation has used it. */
function checkIncoming(environment: Checked, refuse: Refuse): void {
  const path = incomingPath(environment);
  for (const key of ['signingSecretParameter', 'keySetParameter'] as const)
    if (environment[key].startsWith(path))
      refuse(
        [key],
        rule(
          `Below ${path} people leave secrets for a rotation, which deletes them`,
          'Give the parameter another name',
        ),
      );
}

function checkUrls({ account, hostName, publicUrl, registryUrl, dns }: Checked, refuse: Refuse): void {
  if (account === EMULATOR_ACCOUNT) {
    for (const [key, url] of Object.entries({ publicUrl, registryUrl }))
      if (url !== undefined && !isLoopbackUrl(url))
        refuse(
          [key],
          rule(
            'The emulator runs on this machine, so its URLs are loopback ones',
            'Write a URL such as http://127.0.0.1:8443',
          ),
        );
    return;
  }
  if (publicUrl !== undefined && publicUrl !== `https://${hostName}`)
    refuse(
      ['publicUrl'],
      rule('Tokens only travel over HTTPS, to the configured host name', 'Leave the key out: it is https://<hostName>'),
    );
  if (new URL(registryUrl).protocol !== 'https:')
    refuse(['registryUrl'], rule('Login tokens only travel over HTTPS', 'Write a URL that begins with https://'));
  if (!/\.[a-z][a-z0-9-]*$/.test(hostName))
    refuse(['hostName'], rule('A certificate needs a full domain name', 'Write a name such as quilt.example.org'));
  if (dns.kind === 'hosted-zone' && hostName !== dns.zoneName && !hostName.endsWith(`.${dns.zoneName}`))
    refuse(['dns', 'zoneName'], rule('The host name lies in the hosted zone', 'Name the zone that hostName ends in'));
}

function checkRegions({ region, certificate, encryptionKey, vpc }: Checked, refuse: Refuse): void {
  // Conditions of the key's policies are built from the region's domain, which CDK knows.
  if (RegionInfo.get(region).domainSuffix === undefined)
    refuse(
      ['region'],
      rule('The region is one that the installed CDK knows', 'Mend its spelling, or update aws-cdk-lib and aws-cdk'),
    );
  if (certificate.kind === 'import' && regionOf(certificate.arn) !== region)
    refuse(
      ['certificate', 'arn'],
      rule('A load balancer takes certificates of its own region only', `Import the certificate into ${region}`),
    );
  if (encryptionKey.kind === 'import' && regionOf(encryptionKey.arn) !== region)
    refuse(
      ['encryptionKey', 'arn'],
      rule('Parameter Store takes keys of its own region only', `Give a key of ${region}`),
    );
  if (!vpc.availabilityZones.every((zone) => zone.slice(0, -1) === region))
    refuse(['vpc', 'availabilityZones'], rule('The zones are zones of the region', `Write zones such as ${region}a`));
}

function checkNetwork({ vpc, loadBalancer }: Checked, refuse: Refuse): void {
  const zones = vpc.availabilityZones.length;
  if (new Set(vpc.availabilityZones).size !== zones)
    refuse(['vpc', 'availabilityZones'], rule('A zone is listed once', 'Remove the second one'));
  if (vpc.kind === 'create') {
    if (vpc.natGateways > zones)
      refuse(['vpc', 'natGateways'], rule('A zone has one NAT gateway at most', `Write 1 to ${zones}`));
    return;
  }
  if (vpc.privateSubnetIds.length !== zones)
    refuse(
      ['vpc', 'privateSubnetIds'],
      rule('Each zone has one private subnet', `List ${zones}, in the order of the zones`),
    );
  if (vpc.publicSubnetIds !== undefined && vpc.publicSubnetIds.length !== zones)
    refuse(
      ['vpc', 'publicSubnetIds'],
      rule('Each zone has one public subnet', `List ${zones}, in the order of the zones`),
    );
  if (loadBalancer.scheme === 'internet-facing' && vpc.publicSubnetIds === undefined)
    refuse(
      ['vpc', 'publicSubnetIds'],
      rule(
        'An internet-facing load balancer stands in public subnets',
        'List them, or make the load balancer internal',
      ),
    );
}
