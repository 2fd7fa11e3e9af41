import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { canaryTable } from '../../cli/canary.ts';
import { table } from '../../cli/format.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import type { LocalEnvironment } from './environment.ts';

/** What `npm start` reports; with `--json`, as it stands. */
export interface Summary {
  readonly stacks: readonly { readonly name: string; readonly status: string }[];
  readonly services: readonly {
    readonly service: string;
    readonly running: number;
    readonly desired: number;
    readonly keyIds: readonly string[];
  }[];
  readonly canary: CanaryReport;
  readonly urls: { readonly catalog: string; readonly mcp: string; readonly registry: string; readonly aws: string };
}

/** Collects the summary of a deployed environment. */
export async function summarise(environment: LocalEnvironment, canary: CanaryReport): Promise<Summary> {
  const { Stacks } = await new CloudFormationClient(environment.clientSettings).send(new DescribeStacksCommand({}));
  return {
    stacks: (Stacks ?? [])
      .filter((stack) => stack.StackName !== 'CDKToolkit')
      .map((stack) => ({ name: stack.StackName ?? '', status: stack.StackStatus ?? '' })),
    services: canary.services.map(({ service, running, desired }) => ({
      service,
      running,
      desired,
      // What the tasks themselves show: they may hold something else than the parameters by now.
      keyIds: [...new Set(canary.tasks[service].flatMap((task) => task.keyIds))],
    })),
    canary,
    urls: {
      catalog: environment.publicUrl,
      mcp: `${environment.publicUrl}/mcp`,
      registry: environment.registryUrl,
      aws: environment.endpoint,
    },
  };
}

/** The summary for people. */
export function summaryTables({ stacks, services, canary, urls }: Summary): string {
  return [
    table([['STACK', 'STATUS'], ...stacks.map(({ name, status }) => [name, status])]),
    table([
      ['SERVICE', 'TASKS', 'KEY IDS'],
      ...services.map(({ service, running, desired, keyIds }) => [
        service,
        `${running} of ${desired} running`,
        keyIds.join(', '),
      ]),
    ]),
    canaryTable(canary),
    table([['URL', ''], ...Object.entries(urls).map(([name, url]) => [name, url])]),
  ].join('\n\n');
}
