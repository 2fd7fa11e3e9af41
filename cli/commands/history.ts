import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { connectRevisions } from '../revisions/connect.ts';
import { readRevisionHistory, revisionHistoryTable } from '../revisions/history.ts';
import { howManyRevisions } from '../revisions/records.ts';
import { findTarget } from '../target.ts';
import { print } from '../terminal.ts';
import { type CommonOptions, withAction } from './common.ts';

interface HistoryOptions extends CommonOptions {
  readonly last: string;
}

/** Adds `bin/quiltctl history`. */
export function addHistory(command: Command): void {
  command.option('--last <n>', 'number of revisions', '20');
  withAction(command, 'the revisions, and the current one', showHistory);
}

async function showHistory({ environment, json, last }: HistoryOptions): Promise<number> {
  const count = howManyRevisions(last);
  const history = await readRevisionHistory(await connectRevisions(findTarget(environment)), count);
  print(json ? history : revisionHistoryTable(history.revisions));
  return EXIT.done;
}
