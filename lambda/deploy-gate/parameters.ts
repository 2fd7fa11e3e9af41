import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { quiltctl } from '../../contract/command-line.ts';
import type { RevisionRecord } from '../../contract/revision.ts';
import type { UnprovedCheck } from './canary.ts';
import { awsCall, Refusal } from './refusal.ts';
import type { Connections } from './settings.ts';

/** The canary's check of both parameters. The gate may not decrypt them, so it relies on the canary. */
const VALID = 'parameters-valid';

function remedy({ settings }: Connections): string {
  const canary = quiltctl('canary', settings.environment);
  return `The rotation restores the last good value within minutes; run \`${canary}\` to start it now. Then deploy again.`;
}

/**
 * Reads the versions of both parameters, undecrypted.
 *
 * @throws Refusal `parameter-missing` or `parameter-invalid`, naming the parameter: no task could start without it
 */
export async function readParameterVersions(connections: Connections): Promise<RevisionRecord['parameterVersions']> {
  const { ssm, settings, abortSignal } = connections;
  const { secretParameter, keySetParameter } = settings;
  const command = new GetParametersCommand({ Names: [secretParameter, keySetParameter], WithDecryption: false });
  const { Parameters = [] } = await awsCall('ssm:GetParameters', ssm.send(command, { abortSignal }));
  const versionOf = (name: string) => {
    const found = Parameters.find(({ Name }) => Name === name);
    if (found === undefined) {
      throw new Refusal('parameter-missing', `Parameter ${name} does not exist. ${remedy(connections)}`);
    }
    if (found.Type !== 'SecureString') {
      throw new Refusal(
        'parameter-invalid',
        `Parameter ${name} is not a SecureString, so others may have read it. Restore it as a SecureString from its history, then deploy again.`,
      );
    }
    return found.Version ?? 0;
  };
  return { secret: versionOf(secretParameter), keySet: versionOf(keySetParameter) };
}

/**
 * Requires that both parameters hold what a task accepts at its start: with anything else it exits at once.
 *
 * @param checks - that did not pass before the deploy
 * @throws Refusal `parameter-invalid` with the canary's reason
 */
export function requireValidParameters(checks: readonly UnprovedCheck[], connections: Connections): void {
  const broken = checks.find(({ name }) => name === VALID);
  if (broken) throw new Refusal('parameter-invalid', `${broken.reason} ${remedy(connections)}`);
}
