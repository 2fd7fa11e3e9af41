import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, EXIT } from '../../cli/exit-codes.ts';
import { ConfigurationError } from '../../config/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'quilt-with-'));
const failureLog = join(directory, 'last-failure.log');

let local: typeof import('../../local/run/with-environment.ts');

beforeAll(async () => {
  // Read once, when it is loaded.
  process.env.QUILT_LOCAL_DIRECTORY = directory;
  local = await import('../../local/run/with-environment.ts');
  delete process.env.QUILT_LOCAL_DIRECTORY;
});

beforeEach(() => rmSync(failureLog, { force: true }));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Works on an environment that starts nothing; its log is gone when it has stopped, as that of a run folder is. */
async function run(work: () => Promise<number>, options: { readonly signal?: AbortSignal } = {}) {
  const logFile = join(directory, 'emulator.log');
  let said = '';
  let stopped = 0;
  const write = (text: string) => {
    said += text;
  };
  const environment = {
    logFile,
    bootstrap: async () => writeFileSync(logFile, 'a task said this\n'),
    killNow: () => undefined,
    stop: async () => {
      stopped += 1;
      rmSync(logFile);
    },
  };
  const start = async () => environment;
  const cdkLines = ['Services: UPDATE_FAILED'];
  const progress = new local.Progress(write);
  const exitCode = await local.withEnvironment({ start, progress, cdkLines, write, ...options }, work);
  const log = existsSync(failureLog) ? readFileSync(failureLog, 'utf8') : undefined;
  return { exitCode, log, said, stopped };
}

const LOG = 'cdk: Services: UPDATE_FAILED\na task said this\n';

test('shows each step before it begins, and leaves no log when all went well', async () => {
  const { said, ...end } = await run(async () => EXIT.done);
  expect(end).toEqual({ exitCode: 0, log: undefined, stopped: 1 });
  expect(said).toMatch(/^ {2}Starting the local AWS emulator …\n[\s\S]* {2}Bootstrapping the CDK …\n/);
});

test.each<[string, Error, number]>([
  ['a red canary', new CommandError('Revision 1 failed its canary: garbage-token-refused.', EXIT.checkFailed), 5],
  ['a refusal of the gate', new CommandError('The deploy gate refused: lock-held.', EXIT.refused), 3],
  [
    'a wrong configuration',
    new ConfigurationError([{ file: 'a.ts', key: 'key', rule: 'Wrong', remedy: 'Mend it' }]),
    2,
  ],
  ['anything else', new Error('Out of paper.'), 1],
])(
  '%s: the last line is the reason, the line before names the log, the exit code is that of the table',
  async (...row) => {
    const [, error, exitCode] = row;
    const { said, ...end } = await run(async () => Promise.reject(error));
    expect(end).toEqual({ exitCode, log: LOG, stopped: 1 });
    expect(said.slice(said.indexOf(failureLog))).toBe(`${failureLog}.\n${error.message}\n`);
  },
);

test('work that reported its own failure has the last word, and its log is kept too', async () => {
  const { said, ...end } = await run(async () => EXIT.checkFailed);
  expect(end).toEqual({ exitCode: 5, log: LOG, stopped: 1 });
  expect(said).toMatch(/✔ Bootstrapping the CDK .*\n$/);
});

test('an interrupted run reports no reason and keeps no log', async () => {
  const { said, ...end } = await run(async () => Promise.reject(new Error('aborted')), { signal: AbortSignal.abort() });
  expect(end).toEqual({ exitCode: 130, log: undefined, stopped: 1 });
  expect(said).not.toContain('aborted');
});
