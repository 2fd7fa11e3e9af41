import { EMULATOR_ACCOUNT } from '../../config/emulator.ts';

/** The emulator's Region, beside its account. */
export const LOCAL_REGION = 'us-east-1';

const KEPT = ['PATH', 'HOME', 'USERPROFILE', 'LANG', 'TERM', 'TMPDIR', 'SystemRoot', 'NODE_EXTRA_CA_CERTS', 'CI'];

/**
 * The whole environment of a process that may talk to the emulator and to nothing else.
 *
 * It is built from nothing rather than from the caller's environment, so that no profile, role or key of a real account
 * can reach it.
 *
 * @param endpoint - base URL of the emulator
 */
export function awsEnvironment(endpoint: string): Record<string, string> {
  const kept = KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...Object.fromEntries(kept),
    ...awsVariables(endpoint),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    // The CDK checks templates against AWS's own rules otherwise, which takes longer than the deploy. Every other environment has it.
    CDK_VALIDATION: 'false',
  };
}

/** The variables that point an AWS client at the emulator; the keys are placeholders that no AWS account has. */
export function awsVariables(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: EMULATOR_ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
  };
}

/** What an AWS SDK client of this process needs to talk to the emulator, whatever the caller's own AWS settings say. */
export function awsClientSettings(endpoint: string) {
  return {
    endpoint,
    region: LOCAL_REGION,
    credentials: { accessKeyId: EMULATOR_ACCOUNT, secretAccessKey: 'local' },
  };
}
