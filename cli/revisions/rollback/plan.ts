import type { EnvironmentConfig } from '../../../config/schema.ts';
import { requireFoundationValue } from '../../foundation-values.ts';
import { callerFindings } from '../../preflight/caller.ts';
import { type Finding, ok } from '../../preflight/finding.ts';
import { imageFindings } from '../../preflight/images.ts';
import { lockFindings } from '../../preflight/ongoing-changes.ts';
import { RevisionRecords } from '../records.ts';
import { readServicesStack } from '../services-stack.ts';
import { readStoredTemplate } from '../stored-template.ts';
import { type PreparedTemplate, prepareTemplate } from './prepared-template.ts';
import type { RollbackClients } from './surroundings.ts';
import { choiceFinding, findWay, targetFinding, type Way } from './target.ts';

/** A rollback that nothing is known to stand in the way of. */
export interface Plan extends Way {
  /** ARN of the principal. */
  readonly caller: string;
  readonly stackArn: string;
  readonly stateTable: string;
  readonly bucket: string;
  readonly records: RevisionRecords;
  readonly template: PreparedTemplate;
}

/**
 * Looks at everything that a rollback relies on. Changes nothing.
 *
 * @param number - the revision to go back to; left out: see `findWay`
 * @param show - gets each finding
 * @returns `undefined` when one of the findings stands in the way
 * @throws CommandError (2) when there is no such revision; (3) when AWS refuses the caller, when there is nothing to go back to,
 *   or when its template is not the one that was deployed; (4) when AWS cannot be asked
 */
export async function planRollback(
  number: number | undefined,
  clients: RollbackClients,
  config: EnvironmentConfig,
  show: (finding: Finding) => void,
): Promise<Plan | undefined> {
  let blocked = false;
  const found = (findings: readonly Finding[]) => {
    for (const finding of findings) {
      blocked ||= finding.state === 'failed';
      show(finding);
    }
  };
  const { findings, caller } = await callerFindings(clients.sts, config);
  found(findings);
  // What another account says of the rest would be about something else.
  if (caller === undefined) return undefined;

  const [stateTable, bucket, stack] = await Promise.all([
    requireFoundationValue(clients.ssm, config.namePrefix, 'state-table-name'),
    requireFoundationValue(clients.ssm, config.namePrefix, 'revision-bucket-name'),
    readServicesStack(clients.cloudformation, config),
  ]);
  const records = new RevisionRecords(clients.dynamodb, stateTable);
  const way = await findWay(records, stack, number);
  const { target } = way;
  found([...(way.skipped === undefined ? [] : [choiceFinding(way)]), targetFinding(target)]);
  const [locks, images] = await Promise.all([
    lockFindings(clients, { config, stateTable }),
    imageFindings([target.images.catalog, target.images.mcp], clients),
  ]);
  found([...locks, ...images]);
  if (blocked || stack === undefined) return undefined;
  const template = prepareTemplate(target.number, await readStoredTemplate({ s3: clients.s3, bucket }, target));
  found([ok(`template of revision ${target.number}`, 'the one that was deployed')]);
  return { ...way, caller, stackArn: stack.arn, stateTable, bucket, records, template };
}
