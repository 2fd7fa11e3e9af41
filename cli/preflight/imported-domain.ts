import { type ACMClient, type CertificateDetail, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import {
  type ElasticLoadBalancingV2Client,
  paginateDescribeListenerCertificates,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetHostedZoneCommand, type Route53Client } from '@aws-sdk/client-route-53';
import type { DnsConfig } from '../../config/network.ts';
import { undefinedOn } from '../aws-failure.ts';
import { check, type Finding, invalid, ok } from './finding.ts';

/** Whether a certificate is issued and covers the host name. */
export function certificateFinding(acm: ACMClient, arn: string, hostName: string): Promise<Finding> {
  return check('certificate', async () => {
    const certificate = await readCertificate(acm, arn);
    if (certificate === undefined) return invalid('it does not exist', 'Fix certificate.arn in the configuration.');
    if (certificate.Status !== 'ISSUED') {
      const remedy = 'Validate it, or import another certificate.';
      return invalid(`its status is ${certificate.Status}, not ISSUED`, remedy);
    }
    if (covers(certificate, hostName)) return ok(`issued for ${hostName}`);
    return invalid(`it is not for ${hostName}`, 'Import a certificate for that name or for a matching wildcard.');
  });
}

/** Whether a listener already has an issued certificate for the host name. */
export function listenerCertificateFinding(
  { acm, elbv2 }: { readonly acm: ACMClient; readonly elbv2: ElasticLoadBalancingV2Client },
  listenerArn: string,
  hostName: string,
): Promise<Finding> {
  return check('certificate', async () => {
    const arns: string[] = [];
    const pages = paginateDescribeListenerCertificates({ client: elbv2 }, { ListenerArn: listenerArn });
    for await (const { Certificates = [] } of pages) {
      arns.push(...Certificates.flatMap(({ CertificateArn }) => CertificateArn ?? []));
    }
    // A listener may also use IAM certificates, which have no status and no list of names here.
    const known = arns.filter((arn) => arn.includes(':acm:'));
    const certificates = await Promise.all(known.map((arn) => readCertificate(acm, arn)));
    const fits = certificates.some((each) => each?.Status === 'ISSUED' && covers(each, hostName));
    if (fits) return ok(`the listener has one for ${hostName}`);
    return invalid(
      `the listener has none for ${hostName}`,
      "Add one to the listener, or set certificate to { kind: 'import', arn: … }, which adds it.",
    );
  });
}

async function readCertificate(acm: ACMClient, CertificateArn: string): Promise<CertificateDetail | undefined> {
  const asked = acm.send(new DescribeCertificateCommand({ CertificateArn }));
  return (await undefinedOn(asked, 'ResourceNotFoundException'))?.Certificate;
}

/** A wildcard stands for one label (RFC 6125, section 6.4.3). */
function covers({ DomainName = '', SubjectAlternativeNames = [] }: CertificateDetail, hostName: string): boolean {
  const wildcard = hostName.replace(/^[^.]+/, '*');
  return [DomainName, ...SubjectAlternativeNames]
    .map((name) => name.toLowerCase())
    .some((name) => name === hostName || name === wildcard);
}

/** Whether the zone exists and has the configured name. */
export function hostedZoneFinding(
  route53: Route53Client,
  { hostedZoneId, zoneName }: Extract<DnsConfig, { kind: 'hosted-zone' }>,
): Promise<Finding> {
  return check('hosted zone', async () => {
    const asked = route53.send(new GetHostedZoneCommand({ Id: hostedZoneId }));
    const zone = (await undefinedOn(asked, 'NoSuchHostedZone'))?.HostedZone;
    if (zone === undefined) {
      return invalid(`${hostedZoneId} does not exist`, 'Fix dns.hostedZoneId in the configuration.');
    }
    // Route 53 returns names with a trailing dot.
    const name = zone.Name?.replace(/\.$/, '');
    if (name === zoneName) return ok(`${hostedZoneId}, ${zoneName}`);
    return invalid(`${hostedZoneId} is ${name}, not ${zoneName}`, 'Fix dns in the configuration.');
  });
}
