import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ciSchema } from '../../config/ci.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const WORKFLOWS = join(ROOT, '.github', 'workflows');

type Permissions = Readonly<Record<string, string>>;
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Permissions;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': unknown };
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = readdirSync(WORKFLOWS);
const textOf = (file: string) => readFileSync(join(WORKFLOWS, file), 'utf8');
const read = (file: string): Workflow => parse(textOf(file));
const stepsOf = (file: string) => Object.values(read(file).jobs).flatMap(({ steps = [] }) => steps);
const jobOf = (name: string): Job => read(`${name}.yml`).jobs[name] ?? {};

test('there are workflows for checking, comparing, deploying and rolling back', () => {
  expect(files.sort()).toEqual(['check.yml', 'deploy.yml', 'diff.yml', 'rollback.yml']);
});

describe.each(files)('%s', (file) => {
  test('runs scripts of this project and nothing else', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const commands = stepsOf(file).flatMap(({ run }) => run ?? []);
    for (const command of commands) {
      const [, script] = /^npm run (ci:[a-z]+)(?: -- [^;&|`\n]+)?$/.exec(command) ?? ['', 'unknown'];
      // The launcher alone installs what the project needs, and runs nothing.
      if (command !== 'scripts/launch') {
        expect({ command, script: scripts[script ?? ''] }).toEqual({ command, script: expect.any(String) });
      }
    }
  });

  test('puts no expression into a shell, where its value would be code', () => {
    for (const { run = '' } of stepsOf(file)) expect(run).not.toContain('${{');
  });

  test('pins every action to a commit, and says which version that is', () => {
    const used = [...textOf(file).matchAll(/uses: (.+)/g)].map(([, action = '']) => action);
    const foreign = used.filter((action) => !action.startsWith('./'));
    for (const action of foreign) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('has no permission but those that each job names, and writes no code', () => {
    const { permissions, jobs } = read(file);
    expect(permissions).toEqual({});
    for (const { permissions: granted = {} } of Object.values(jobs)) {
      expect(granted.contents).toBe('read');
      const others = Object.keys(granted).filter((name) => name !== 'contents');
      expect(['id-token', 'pull-requests']).toEqual(expect.arrayContaining(others));
    }
  });

  test('never runs code of a fork with rights of this repository', () => {
    expect(Object.keys(read(file).on)).not.toContain('pull_request_target');
    expect(Object.keys(read(file).on)).not.toContain('workflow_run');
  });

  test('leaves no token in the clone, and knows no stored key', () => {
    const checkouts = stepsOf(file).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const { with: options } of checkouts) expect(options).toMatchObject({ 'persist-credentials': false });
    expect(textOf(file)).not.toMatch(/secrets\.|aws-access-key-id|aws-secret-access-key/);
  });
});

test('only jobs that deploy or compare get a token for AWS, and never those of a fork', () => {
  const withToken = files.flatMap((file) =>
    Object.entries(read(file).jobs).flatMap(([name, { permissions }]) => (permissions?.['id-token'] ? [name] : [])),
  );
  expect(withToken.sort()).toEqual(['deploy', 'diff', 'rollback']);
  expect(jobOf('diff').if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
});

test('deploys and rollbacks wait for approval, are never cancelled, and do not replace each other in the queue', () => {
  const { environment: trusted } = ciSchema.parse({ repository: 'example/quilt' });
  for (const job of [jobOf('deploy'), jobOf('rollback')]) {
    expect(job.environment).toBe(trusted);
    expect(job.concurrency?.['cancel-in-progress']).toBe(false);
  }
  expect(jobOf('deploy').concurrency?.group).not.toBe(jobOf('rollback').concurrency?.group);
});

test('nothing is deployed whose checks are not green', () => {
  expect(jobOf('deploy').needs).toBe('check');
  expect(read('deploy.yml').jobs.check?.uses).toBe('./.github/workflows/check.yml');
});

test('a rollback only shows what would change, unless somebody says otherwise', () => {
  const inputs = read('rollback.yml').on.workflow_dispatch;
  expect(inputs).toMatchObject({ inputs: { revision: { required: true }, 'dry-run': { default: true } } });
});

test('a commit that is no longer the newest is not deployed', () => {
  const runs = stepsOf('deploy.yml').flatMap(({ run }) => run ?? []);
  expect(runs.indexOf('npm run ci:newest')).toBeLessThan(runs.findIndex((run) => run.startsWith('npm run ci:deploy')));
  expect(runs).toContain('npm run ci:newest');
});

test('no script of a package runs in a job that gets a token', () => {
  for (const file of files) {
    const steps = stepsOf(file);
    const hasToken = steps.some(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
    const runs = steps.flatMap(({ run }) => run ?? []);
    expect(runs.filter((run) => /npm (ci|i|install)\b/.test(run))).toEqual([]);
    // The launcher installs without scripts, as test/bin/launch.test.ts has it.
    if (hasToken) expect(runs[0]).toBe('scripts/launch');
  }
});
