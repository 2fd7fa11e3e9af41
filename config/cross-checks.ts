import type { z } from 'zod';
import { checkNetwork } from './check-network.ts';
import { checkPlaces } from './check-places.ts';
import type { Checked, Refuse } from './checked.ts';
import { checkDataAccess } from './data-access.ts';
import { EMULATOR_ACCOUNT, isLoopbackUrl } from './emulator.ts';
import { incomingPath } from './incoming-path.ts';
import { rule } from './rules.ts';

/** Rules that no key can tell by itself. They run once every key by itself is valid. */
export function checkAcrossKeys(environment: Checked, context: z.core.$RefinementCtx): void {
  const refuse: Refuse = (path, message) => {
    context.addIssue({ code: 'custom', path: [...path], message });
  };
  checkUrls(environment, refuse);
  checkPlaces(environment, refuse);
  checkNetwork(environment, refuse);
  if (environment.signingSecretParameter === environment.keySetParameter)
    refuse(
      ['keySetParameter'],
      rule('The signing secret and the key set are two parameters', 'Give the key set another name'),
    );
  checkIncoming(environment, refuse);
  checkTopic(environment, refuse);
  checkMcpPath(environment, refuse);
  checkDataAccess(environment, refuse);
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

/** An imported topic has its subscribers already, and a policy that is not ours to change. */
function checkTopic({ operations: { emails, topic } }: Checked, refuse: Refuse): void {
  if (topic.kind === 'import' && emails.length > 0)
    refuse(
      ['operations', 'emails'],
      rule(
        'Whoever keeps an imported topic says who is subscribed to it',
        'Leave the addresses out, and subscribe them to the topic itself',
      ),
    );
}

function checkMcpPath({ services: { mcp } }: Checked, refuse: Refuse): void {
  if (mcp.image.kind === 'build' && !/^\/mcp\/?$/.test(mcp.path))
    refuse(
      ['services', 'mcp', 'path'],
      rule('The MCP server of this project answers at /mcp', 'Leave the path out, or bring an image that has another'),
    );
}
