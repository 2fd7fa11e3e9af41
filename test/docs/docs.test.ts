import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { loadEnvironment } from '../../config/load.ts';
import { TrustAlarms } from '../../lib/constructs/alarms.ts';
import { anchorsOf, brokenLinks } from '../../scripts/links.ts';
import { MUTANTS } from '../lambda/rotation/model/mutants.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ROTATION = join(ROOT, 'docs', 'rotation.md');

test('the generated blocks of docs/ are those of the source', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/docs.ts', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stdout + stderr).toBe('');
});

test('every alarm has its section of the runbook', () => {
  const stack = new Stack(new App(), 'Alarms');
  new TrustAlarms(stack, 'Alarms', {
    environmentName: 'production',
    config: loadEnvironment('production'),
    topic: new Topic(stack, 'Topic'),
  });
  const alarms = stack.node.findAll().filter((child) => child instanceof CfnAlarm);
  const links = alarms.map(({ alarmDescription }) => /docs\/rotation\.md#(\S+)$/.exec(alarmDescription ?? '')?.[1]);
  expect(links).not.toHaveLength(0);
  expect([...anchorsOf(ROTATION)]).toEqual(expect.arrayContaining(links));
});

test('every rule that the model takes out is documented, by its number', () => {
  const lines = readFileSync(ROTATION, 'utf8').split('\n');
  const rules = lines.flatMap((line) => /^(\d+)\. \*\*/.exec(line)?.[1] ?? []).map(Number);
  expect(rules).toEqual([...new Set(MUTANTS.map(({ rule }) => rule))].sort((one, other) => one - other));
});

describe('the check of links', () => {
  const directory = mkdtempSync(join(tmpdir(), 'links-'));
  const file = join(directory, 'page.md');
  afterAll(() => rmSync(directory, { recursive: true }));

  const problemsOf = (text: string) => {
    writeFileSync(file, `# A page: *with* \`code\` & more\n\n${text}\n`);
    return brokenLinks(file).map((problem) => problem.replace(/^.*page\.md/, 'page.md'));
  };

  test.each([
    ['to this file', '[a](page.md)'],
    ['to a heading', '[a](page.md#a-page-with-code--more)'],
    ['to a heading of the same file', '[a](#a-page-with-code--more)'],
    ['to a second heading with the same text', '# Twice\n\n# Twice\n\n[a](#twice-1)'],
    ['to the web', '[a](https://example.org/a_(b)?c#d)'],
    ['in code', '`[a](nowhere.md)`'],
    ['in a code block', '```\n[a](nowhere.md)\n```'],
  ])('accepts a link %s', (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  test.each([
    ['to a file that does not exist', '[a](nowhere.md)', 'page.md:3: nowhere.md: no such file'],
    ['to a heading that does not exist', '[a](#nowhere)', 'page.md:3: #nowhere: no such heading'],
    ['that is defined below', '[a][b]\n\n[b]: nowhere.md', 'page.md:5: nowhere.md: no such file'],
    ['to a line of source', '[a](../x.ts#L1)', 'page.md:3: ../x.ts#L1: no such file'],
    ['with an invalid URL', '[a](https://)', 'page.md:3: https://: not a valid URL'],
    ['on a line with a good one', '[a](page.md) [b](b.md)', 'page.md:3: b.md: no such file'],
  ])('refuses a link %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});
