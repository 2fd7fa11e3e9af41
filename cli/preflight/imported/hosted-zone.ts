import { GetHostedZoneCommand, type Route53Client } from '@aws-sdk/client-route-53';
import type { DnsConfig } from '../../../config/network.ts';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from '../finding.ts';

const ABOUT = 'hosted zone';

/** Whether the zone is there, and is the one of that name. */
export function hostedZoneFinding(
  route53: Route53Client,
  { hostedZoneId, zoneName }: Extract<DnsConfig, { kind: 'hosted-zone' }>,
): Promise<Finding> {
  return lookedAt(ABOUT, async () => {
    const asked = route53.send(new GetHostedZoneCommand({ Id: hostedZoneId }));
    const zone = (await unlessNamed(asked, 'NoSuchHostedZone'))?.HostedZone;
    if (zone === undefined) {
      return misfit(ABOUT, `there is no ${hostedZoneId}`, 'Mend dns.hostedZoneId in the configuration.');
    }
    // Route 53 ends a name with the root's dot.
    const name = zone.Name?.replace(/\.$/, '');
    if (name === zoneName) return ok(ABOUT, `${hostedZoneId}, ${zoneName}`);
    return misfit(ABOUT, `${hostedZoneId} is ${name}, not ${zoneName}`, 'Mend dns in the configuration.');
  });
}
