import { awsVariables } from './aws-settings.ts';
import type { LocalEnvironment } from './environment.ts';

/** Commands to go on with, each of which works as it is printed. */
export function whatToTry(environment: LocalEnvironment): string {
  const variables = Object.entries(awsVariables(environment.endpoint)).map(([name, value]) => `${name}=${value}`);
  const directory = process.env.QUILT_LOCAL_DIRECTORY;
  const quiltctl = `${directory ? `QUILT_LOCAL_DIRECTORY=${directory} ` : ''}bin/quiltctl`;
  return [
    `The catalog: ${environment.publicUrl}`,
    '',
    'What to try next, in another terminal:',
    '',
    '  # ask the canary again',
    `  ${quiltctl} canary`,
    '',
    '  # rotate the secret: a minute and a half, and no request is refused',
    `  ${quiltctl} rotate --watch`,
    '',
    '  # a token for alice, as the catalog mints it (the local registry knows alice, bob and carol)',
    `  LOGIN=$(curl -s ${environment.registryUrl}/api/login -H 'content-type: application/json' \\`,
    `    -d '{"username":"alice","password":"alice"}' | node -pe 'JSON.parse(fs.readFileSync(0)).token')`,
    `  curl -s -X POST ${environment.publicUrl}/api/auth/mcp_token -H "authorization: Bearer $LOGIN"`,
    '',
    '  # any AWS tool, against the emulator',
    `  export ${variables.join(' ')}`,
  ].join('\n');
}
