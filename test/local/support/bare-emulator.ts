import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { awsClientSettings } from '../../../cli/local/aws-settings.ts';
import { type LocalProgram, manifestOf, offerProgram } from '../../../cli/local/images.ts';
import { EmulatorProcess } from '../../../local/run/emulator-process.ts';

import { freePort } from '../../../local/run/ports.ts';
import { until } from './until.ts';

/** An emulator with nothing deployed in it. */
export interface BareEmulator {
  readonly settings: ReturnType<typeof awsClientSettings>;
  readonly endpoint: string;
  /** Folder of its log and temporary files. */
  readonly directory: string;
  /** Creates a stack from resources and returns the status it ends in. */
  createStack(name: string, resources: object): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts an emulator of its own for a test.
 *
 * @param without - additions to leave out
 * @param images - programs behind image references
 * @param enforceIam - whether policies are enforced
 */
export async function startBareEmulator(
  without: readonly string[] = [],
  images: Record<string, LocalProgram> = {},
  enforceIam = false,
): Promise<BareEmulator> {
  const directory = mkdtempSync(join(tmpdir(), 'quilt-emulator-'));
  const imageDirectory = join(directory, 'images');
  for (const [reference, program] of Object.entries(images)) offerProgram(imageDirectory, reference, program);
  const imageManifest = manifestOf(imageDirectory);
  const emulator = await EmulatorProcess.start({
    port: await freePort(),
    directory,
    imageManifest,
    without,
    enforceIam,
  });
  const settings = awsClientSettings(emulator.endpoint);
  const stacks = new CloudFormationClient(settings);
  return {
    settings,
    endpoint: emulator.endpoint,
    directory,
    async createStack(name, resources) {
      await stacks.send(
        new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify({ Resources: resources }) }),
      );
      return until(`stack ${name} has settled`, async () => {
        const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName: name }));
        const status = Stacks?.[0]?.StackStatus;
        return status?.endsWith('_IN_PROGRESS') ? undefined : status;
      });
    },
    async stop() {
      await emulator.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
