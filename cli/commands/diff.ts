import type { Command } from 'commander';
import type { RevisionRecord } from '../../contract/revision.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { connectRevisions, type RevisionConnections } from '../revisions/connect.ts';
import { compareRevisions, diffText } from '../revisions/diff.ts';
import { noSuchRevision, revisionNumber } from '../revisions/records.ts';
import { findCurrent, readServicesStack } from '../revisions/services-stack.ts';
import { findTarget } from '../target.ts';
import { print } from '../terminal.ts';
import { type CommonOptions, withAction } from './common.ts';

/** Adds `bin/quiltctl diff`. */
export function addDiff(command: Command): void {
  command
    .argument('<from>', 'the base revision')
    .argument('[to]', 'the revision to compare with it; by default the current one');
  withAction(command, 'the differences', showDiff);
}

async function showDiff(from: string, to: string | undefined, { environment, json }: CommonOptions): Promise<number> {
  const numbers = { from: revisionNumber(from), to: to === undefined ? undefined : revisionNumber(to) };
  const connections = await connectRevisions(findTarget(environment));
  const [older, newer, templates] = await Promise.all([
    find(numbers.from, connections),
    numbers.to === undefined ? running(connections) : find(numbers.to, connections),
    connections.templates(),
  ]);
  const diff = await compareRevisions(templates, older, newer);
  print(json ? diff : diffText(diff));
  return EXIT.done;
}

async function find(number: number, { records }: RevisionConnections): Promise<RevisionRecord> {
  const record = await records.get(number);
  if (record === undefined) throw noSuchRevision(number);
  return record;
}

async function running({ cloudformation, config, records }: RevisionConnections): Promise<RevisionRecord> {
  const stack = await readServicesStack(cloudformation, config);
  const current = await findCurrent(records.newestFirst(), stack);
  if (current !== undefined) return current;
  throw new CommandError('No revision is running. Name both revisions to compare.', EXIT.configuration);
}
