/** The command line as a whole: how it is called, what it says of itself, and what its mistakes look like. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAboutLocalDeployment } from '../../cli/cdk.ts';
import { runCli } from '../cli/support/run-cli.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const COMMANDS = [
  'canary',
  'deploy',
  'diff',
  'history',
  'lock',
  'rollback',
  'rotate',
  'secret',
  'show',
  'cdk',
  'completion',
];
const folder = mkdtempSync(join(tmpdir(), 'quiltctl-'));
afterAll(() => rmSync(folder, { recursive: true }));

function quiltctl(program: string, ...args: string[]) {
  return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH } });
}

test('runs from any folder and through a symbolic link, without extra output', () => {
  symlinkSync(join(ROOT, 'bin', 'quiltctl'), join(folder, 'quiltctl'));
  quiltctl(join(folder, 'quiltctl'), '--version');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(quiltctl(join(folder, 'quiltctl'), '--version')).toMatchObject({
    status: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
});

test('passes CDK commands with all flags to the pinned CDK CLI', () => {
  const ran = quiltctl(join(ROOT, 'bin', 'quiltctl'), 'cdk', '--version');
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect([ran.status, ran.stdout.split(' ')[0], ran.stderr]).toEqual([0, devDependencies['aws-cdk'], '']);
});

test('a CDK command on the local deployment needs one that runs', async () => {
  for (const args of [
    ['deploy', '--all'],
    ['diff', '-c', 'environment=local'],
    ['destroy', '--context=environment=local'],
  ]) {
    const { status, stdout, stderr } = await runCli(['cdk', ...args]);
    expect([status, stdout]).toEqual([4, '']);
    expect(stderr).toContain('Start it with `npm start`, or select another one with -c environment=NAME.');
  }
});

test.each([
  [['bootstrap', 'aws://111122223333/us-east-1']],
  [['synth']],
  [['deploy', '-c', 'environment=production']],
  [['deploy', '--context', 'environment=production', '--all']],
  [['deploy', '-c', 'environment=local', '-cenvironment=production']],
])("the CDK CLI keeps the caller's own credentials for %j", (args) => {
  expect(isAboutLocalDeployment(args)).toBe(false);
});

test('lists every command within 80 columns', async () => {
  const { status, stdout, stderr } = await runCli(['--help']);
  expect([status, stderr]).toEqual([0, '']);
  for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} .*\\w`, 'm'));
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test.each(COMMANDS.filter((name) => name !== 'cdk'))(
  'shows the options of %s without defaults that say nothing',
  async (name) => {
    const { status, stdout } = await runCli([name, '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: bin/quiltctl ${name}`);
    expect(stdout).not.toContain('default: false');
  },
);

test.each([
  [['historry'], /Did you mean history\?/],
  [['history', '--lasst', '3'], /Did you mean --last\?/],
  [['history', '--environment', 'produktion'], /Did you mean production\?/],
  [
    ['history', '--environment', 'staging-eu-west'],
    /There is no environment "staging-eu-west".*Name one of local, production/s,
  ],
])('suggests a correction for a mistyped word: %j', async (args, said) => {
  const { status, stdout, stderr } = await runCli(args);
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(said)]);
});

test.each([
  [['history', '--json', '--last', 'many'], 2],
  [['history', '--json', '--nothing'], 2],
  [['history', '--json', '--environment', 'nowhere'], 2],
  [['history', '--json', '--environment', 'production'], 4],
])('with --json a failure is one JSON document too: %j', async (args, exitCode) => {
  const { status, stdout, stderr } = await runCli(args);
  const { error } = JSON.parse(stdout);
  expect([status, error.exitCode, typeof error.message]).toEqual([exitCode, exitCode, 'string']);
  expect(stderr).toContain(error.message.split('\n')[0]);
});

/** What bash offers for a line, the cursor at its end. */
function offered(script: string, line: string): string[] {
  const program = `${script}
    COMP_WORDS=(${line}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); [[ ${JSON.stringify(line)} == *' ' ]] && COMP_WORDS+=('') && COMP_CWORD=$((COMP_CWORD + 1))
    _quiltctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return spawnSync('bash', ['-c', program], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((word) => word !== '');
}

test('completes commands, options and environments in bash', async () => {
  const { stdout: script } = await runCli(['completion', 'bash']);
  expect(offered(script, 'bin/quiltctl ')).toEqual(expect.arrayContaining(COMMANDS));
  expect(offered(script, 'bin/quiltctl ro')).toEqual(['rollback', 'rotate']);
  expect(offered(script, 'bin/quiltctl secret ')).toContain('status');
  expect(offered(script, 'bin/quiltctl secret status --environment ')).toEqual(['local', 'production']);
  expect(offered(script, 'bin/quiltctl rollback --dry')).toEqual(['--dry-run']);
  expect(offered(script, 'bin/quiltctl rotate --from-parameter ')).toEqual([]);
});

test('writes a completion script for zsh and fish, and for no other shell', async () => {
  for (const shell of ['zsh', 'fish']) {
    expect((await runCli(['completion', shell])).stdout).toContain('rollback');
  }
  expect(await runCli(['completion', 'tcsh'])).toMatchObject({ status: 2, stdout: '' });
});
