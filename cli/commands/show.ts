import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.ts';
import { connectRevisions } from '../revisions/connect.ts';
import { noSuchRevision, revisionNumber } from '../revisions/records.ts';
import { findCurrent, findFailure, readServicesStack } from '../revisions/services-stack.ts';
import { summaryOf } from '../revisions/summary.ts';
import { readStoredTemplate } from '../revisions/template.ts';
import { revisionText } from '../revisions/texts.ts';
import { findTarget } from '../target.ts';
import { print } from '../terminal.ts';
import { type CommonOptions, withAction } from './common.ts';

interface ShowOptions extends CommonOptions {
  readonly template: boolean;
}

/** Adds `bin/quiltctl show`. */
export function addShow(command: Command): void {
  command.argument('<number>', 'the revision').option('--template', 'print only its template, as deployed', false);
  withAction(command, 'the revision', show);
}

async function show(given: string, { environment, json, template }: ShowOptions): Promise<number> {
  const number = revisionNumber(given);
  if (json && template) {
    throw new CommandError('--template already prints JSON; omit --json.', EXIT.configuration);
  }
  const { config, cloudformation, records, templates } = await connectRevisions(findTarget(environment));
  const record = await records.get(number);
  if (record === undefined) throw noSuchRevision(number);
  if (template) {
    const { text } = await readStoredTemplate(await templates(), record);
    // Unchanged, byte by byte: its SHA-256 is in the record.
    process.stdout.write(text);
    return EXIT.done;
  }
  const stack = await readServicesStack(cloudformation, config);
  const base = summaryOf(record, { stack, current: await findCurrent(records.newestFirst(), stack) });
  const { failure, unknown } = base.verdict === 'open' ? {} : await findFailure(cloudformation, record);
  const summary = { ...base, stackFailure: failure ?? null };
  print(json ? summary : revisionText(summary, unknown));
  return EXIT.done;
}
