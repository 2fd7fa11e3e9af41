import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServicesCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { invokeCanary } from '../../cli/canary.ts';
import { captureCdk } from '../../cli/cdk.ts';
import { awsClientSettings, awsEnvironment, LOCAL_REGION } from '../../cli/local/aws-settings.ts';
import { manifestOf } from '../../cli/local/images.ts';
import { announce } from '../../cli/local/running.ts';
import { EMULATOR_ACCOUNT } from '../../config/emulator.ts';
import { loadEnvironment } from '../../config/load.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { canaryFunctionArn, clusterName } from '../../lib/names.ts';
import { startRegistry } from '../registry/server.ts';
import { makeBuckets } from './buckets.ts';
import { EmulatorProcess } from './emulator-process.ts';
import { startFrontProxy } from './front-proxy.ts';
import { runMark } from './leftovers.ts';
import { choosePorts } from './ports.ts';
import { takeRunDirectory, takeStateDirectory } from './run-directory.ts';

const SERVICES_MS = 20_000;
const LINES_OF_AN_ERROR = 15;

interface LocalOptions {
  /** Folder for logs, temporary files and the cloud assembly; this process takes it. */
  readonly directory: string;
  /** Folder that keeps the deployed state in between runs; none: every run starts from nothing. */
  readonly stateDirectory?: string | undefined;
  /** Port of the public URL; any free one when it is taken or left out. */
  readonly port?: number | undefined;
  /** How long tokens live, in seconds, and with them a rotation; that of the `local` environment when left out. */
  readonly tokenLifetimeSeconds?: number | undefined;
  /** Ends child processes when it fires. */
  readonly signal?: AbortSignal | undefined;
  /** Gets a line about what an earlier run left behind, when there is something. */
  readonly say?: ((line: string) => void) | undefined;
}

interface Closable {
  close(): Promise<void>;
}

/** The whole system on this machine: emulator, registry, front proxy, and what the CDK CLI deploys between them. */
export class LocalEnvironment {
  private readonly options: LocalOptions;
  private readonly emulator: EmulatorProcess;
  private readonly parts: readonly Closable[];
  /** Folder of the images that tasks may start; offer another one with `offerProgram`. */
  readonly imageDirectory: string;
  readonly publicUrl: string;
  readonly registryUrl: string;

  private constructor(
    options: LocalOptions,
    emulator: EmulatorProcess,
    parts: readonly Closable[],
    imageDirectory: string,
    publicUrl: string,
    registryUrl: string,
  ) {
    this.options = options;
    this.emulator = emulator;
    this.parts = parts;
    this.imageDirectory = imageDirectory;
    this.publicUrl = publicUrl;
    this.registryUrl = registryUrl;
  }

  /** Starts everything that a deployment needs. Whatever has started is ended again when a part does not start. */
  static async start(options: LocalOptions): Promise<LocalEnvironment> {
    const { directory, stateDirectory, tokenLifetimeSeconds } = options;
    await takeRunDirectory(directory, options.say);
    const started: Closable[] = [];
    try {
      if (stateDirectory) takeStateDirectory(stateDirectory);
      const ports = await choosePorts(options);
      const imageDirectory = join(stateDirectory ?? directory, 'images');
      const imageManifest = manifestOf(imageDirectory);
      const emulator = await EmulatorProcess.start({ port: ports.emulator, directory, stateDirectory, imageManifest });
      started.push({ close: () => emulator.stop() });
      const { endpoint } = emulator;
      await makeBuckets(endpoint);
      const registry = await startRegistry({ port: ports.registry });
      started.unshift(registry);
      const loadBalancerName = () => findLoadBalancer(endpoint);
      const front = await startFrontProxy({ port: ports.front, endpoint, loadBalancerName });
      started.unshift(front);
      const urls = { publicUrl: front.url, registryUrl: registry.url };
      announce(directory, { pid: process.pid, endpoint, ...urls, imageDirectory, tokenLifetimeSeconds });
      return new LocalEnvironment(options, emulator, started, imageDirectory, front.url, registry.url);
    } catch (error) {
      await end(started, directory);
      throw error;
    }
  }

  /** Base URL of the emulator's API. */
  get endpoint(): string {
    return this.emulator.endpoint;
  }

  get tokenLifetimeSeconds(): number {
    return this.options.tokenLifetimeSeconds ?? loadEnvironment('local').tokenLifetimeSeconds;
  }

  get logFile(): string {
    return this.emulator.logFile;
  }

  /** Where the CDK CLI writes the templates and assets of this run. */
  get assemblyDirectory(): string {
    return join(this.options.directory, 'cdk.out');
  }

  /** The settings of an AWS SDK client for this environment. */
  get clientSettings() {
    return awsClientSettings(this.endpoint);
  }

  /** Makes the CDK's own stack, once. */
  async bootstrap(): Promise<void> {
    const stacks = new CloudFormationClient(this.clientSettings);
    const known = await stacks.send(new DescribeStacksCommand({ StackName: 'CDKToolkit' })).catch(() => undefined);
    if (known) return;
    // Without an app, which the CLI would synthesise first, although the account is named.
    await this.cdk(['bootstrap', '--app', '', `aws://${EMULATOR_ACCOUNT}/${LOCAL_REGION}`]);
  }

  /**
   * Deploys stacks with the real CDK CLI, as a user would.
   *
   * @param what - stacks and further CDK options, such as `-c key=value`; all stacks when left out
   */
  deploy(onLine?: (line: string) => void, what: readonly string[] = ['--all']): Promise<string> {
    const args = ['deploy', '--require-approval', 'never', '--progress', 'events', ...this.context(), ...what];
    return this.cdk(args, onLine);
  }

  /**
   * Runs any command of the project's CDK CLI against this environment.
   *
   * @returns what it printed
   * @throws Error with the last lines of that, when it fails
   */
  async cdk(args: readonly string[], onLine: (line: string) => void = () => {}): Promise<string> {
    const { directory, signal } = this.options;
    const variables = {
      ...awsEnvironment(this.endpoint),
      ...runMark(directory),
      CDK_HOME: join(directory, 'cdk-home'),
      CDK_DEFAULT_ACCOUNT: EMULATOR_ACCOUNT,
      CDK_DEFAULT_REGION: LOCAL_REGION,
    };
    const all = [...args, '--output', this.assemblyDirectory, '--no-color', '--no-notices'];
    const { succeeded, text } = await captureCdk(all, variables, { onLine, signal });
    if (succeeded) return text;
    throw new Error(`cdk ${args[0]} failed:\n${text.split('\n').slice(-LINES_OF_AN_ERROR).join('\n').trim()}`);
  }

  /** What the CDK app has to be told about this run. */
  context(): readonly string[] {
    const { tokenLifetimeSeconds } = this.options;
    const lifetime = tokenLifetimeSeconds === undefined ? [] : ['-c', `tokenLifetime=${tokenLifetimeSeconds}`];
    return ['-c', `publicUrl=${this.publicUrl}`, '-c', `registryUrl=${this.registryUrl}`, ...lifetime];
  }

  /**
   * Waits until every service runs as many tasks as it should. A deploy has waited already; tasks that a kept state brings
   * back have not been. Gives up after 20 s without an error: what does not run is for the canary to name.
   */
  async servicesRunning(): Promise<void> {
    const ecs = new ECSClient(this.clientSettings);
    const cluster = clusterName(loadEnvironment('local'));
    const deadline = Date.now() + SERVICES_MS;
    while (Date.now() < deadline) {
      const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster }));
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }));
      const wanted = services?.reduce((sum, { desiredCount }) => sum + (desiredCount ?? 0), 0);
      // Counted task by task: right after a kept state is restored, the services still say what they ran before.
      const { taskArns } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'RUNNING' }));
      if (taskArns?.length) {
        const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
        if (tasks?.filter(({ lastStatus }) => lastStatus === 'RUNNING').length === wanted) return;
      }
      await pause(100);
    }
  }

  /** Invokes the deployed canary. */
  canary(): Promise<CanaryReport> {
    return invokeCanary(new LambdaClient(this.clientSettings), canaryFunctionArn(loadEnvironment('local')));
  }

  /** Ends every process and removes the run folder. */
  async stop(): Promise<void> {
    await end(this.parts, this.options.directory);
  }

  /** Ends the processes at once, for the last moment of this process. */
  killNow(): void {
    this.emulator.killGroup();
  }
}

/** Ends what was started, last first, and removes the run folder. */
async function end(parts: readonly Closable[], directory: string): Promise<void> {
  for (const part of parts) await part.close();
  rmSync(directory, { recursive: true, force: true });
}

async function findLoadBalancer(endpoint: string): Promise<string | undefined> {
  const client = new ElasticLoadBalancingV2Client(awsClientSettings(endpoint));
  const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({}));
  return LoadBalancers?.[0]?.LoadBalancerName;
}
