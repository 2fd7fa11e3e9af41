import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasImage } from '../../cli/local/images.ts';
import { environments, identityOf } from '../../cli/local/processes.ts';
import { announce, findRunning } from '../../cli/local/running.ts';
import { runMark } from '../../local/run/leftovers.ts';
import { takeRunDirectory, takeStateDirectory } from '../../local/run/run-directory.ts';

const parent = mkdtempSync(join(tmpdir(), 'quilt-run-'));
const directory = join(parent, 'run');
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Starts a process that ends only when it is killed. */
async function start(variables: Record<string, string> = {}, ...args: string[]): Promise<ChildProcess> {
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('up')";
  const child = spawn(process.execPath, ['-e', script, ...args], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

/** How a process is known that had an ID before the process that has it now. */
const earlier = (pid: number | undefined) => `${pid}:1`;

/** How a process is known that runs. */
const running = ({ pid = 0 }: ChildProcess) => identityOf(pid) ?? '';

/** A process that has ended. */
async function deadOwner(): Promise<string> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return earlier(child.pid);
}

/** The mark of a run that another process than this one has begun. */
function markOf(owner: string, folder = directory): Record<string, string> {
  return Object.fromEntries(
    Object.entries(runMark(folder)).map(([name, value]) => [name, value.replace(/^[^-]*/, owner)]),
  );
}

function leaveBehind(owner: string): void {
  mkdirSync(directory);
  writeFileSync(join(directory, 'pid'), owner);
}

test('taking the folder of a dead run ends what that run left, and no other process', async () => {
  const dead = await deadOwner();
  leaveBehind(dead);
  const living = await start();
  const others = [
    living,
    // Somebody who reads its log; one of a run elsewhere; one whose owner lives, in a folder that was removed meanwhile.
    await start({}, join(directory, 'emulator.log'), Object.entries(markOf(dead)).flat().join('=')),
    await start(markOf(dead, join(parent, 'run 2'))),
    await start(markOf(running(living))),
  ];
  // The owner of the second one is dead as well, and its ID belongs to another process now.
  const left = [await start(markOf(dead)), await start(markOf(earlier(living.pid)))];
  const ended = Promise.all(left.map((child) => once(child, 'exit')));

  const said: string[] = [];
  await takeRunDirectory(directory, (line) => said.push(line));

  expect(await ended).toEqual([
    [null, 'SIGKILL'],
    [null, 'SIGKILL'],
  ]);
  expect(others.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null, null, null]);
  expect(said).toHaveLength(1);
  for (const { pid } of left) expect(said[0]).toContain(String(pid));
  expect(readFileSync(join(directory, 'pid'), 'utf8')).toBe(identityOf(process.pid));
});

test('an emulator that is saving its state ends by itself', async () => {
  const dead = await deadOwner();
  leaveBehind(dead);
  const emulator = await start({ ...markOf(dead), PERSIST_STATE: '1' });
  const task = await start(markOf(dead));
  const ended = Promise.all([once(emulator, 'exit'), once(task, 'exit')]);
  // What it does when it has saved.
  await takeRunDirectory(directory, () => emulator.kill('SIGUSR2'));
  expect(await ended).toEqual([
    [null, 'SIGUSR2'],
    [null, 'SIGKILL'],
  ]);
});

test('says nothing when nothing was left', async () => {
  leaveBehind(await deadOwner());
  const said: string[] = [];
  await takeRunDirectory(directory, (line) => said.push(line));
  expect(said).toEqual([]);
});

test('a folder that a living process has is refused with that process and how to end it', async () => {
  const owner = await start();
  const task = await start(markOf(running(owner)));
  leaveBehind(running(owner));
  const refused = takeRunDirectory(directory);
  await expect(refused).rejects.toMatchObject({ exitCode: 3 });
  await expect(refused).rejects.toThrow(`or with: kill ${owner.pid}`);
  await expect(refused).rejects.toThrow(directory);
  expect(task.signalCode).toBeNull();
});

test.each([
  ['was never saved, goes: no stack would own its buckets', [], false],
  ['was saved, stays', ['cloudformation.json'], true],
])('what is stored by a state that %s', (_, saved, stays) => {
  const bucket = join(directory, 's3', 'bucket');
  for (const folder of [bucket, join(directory, 'services')]) mkdirSync(folder, { recursive: true });
  for (const file of saved) writeFileSync(join(directory, 'services', file), '{}');
  takeStateDirectory(directory);
  expect(existsSync(bucket)).toBe(stays);
});

test('a process that got the ID of a dead run is not mistaken for it and keeps running', async () => {
  const stranger = await start();
  leaveBehind(earlier(stranger.pid));
  const announced = { endpoint: '', publicUrl: '', registryUrl: '', imageDirectory: '' };
  announce(directory, { ...announced, pid: stranger.pid ?? 0 });
  expect(findRunning(directory)).toBeUndefined();

  await takeRunDirectory(directory);
  expect(stranger.signalCode).toBeNull();
  announce(directory, { ...announced, pid: process.pid });
  expect(findRunning(directory)).toMatchObject({ pid: process.pid });
});

test.each([
  ['/proc', process.platform === 'linux'],
  ['ps', false],
])('%s knows a process by its variables, not by its command line, and by its start', async (_, linux) => {
  const [mark = ''] = Object.entries(markOf(await deadOwner())).map((variable) => variable.join('='));
  const marked = await start(Object.fromEntries([mark.split('=')]));
  const named = await start({}, mark);
  const found = environments(linux).filter(({ variables }) => variables.includes(mark));
  expect(found.map(({ pid }) => pid)).toContain(marked.pid);
  expect(found.map(({ pid }) => pid)).not.toContain(named.pid);

  const { pid = 0 } = marked;
  const identity = identityOf(pid, linux);
  expect(identity).toMatch(/^\d+:[^ -]+$/);
  expect(identityOf(pid, linux)).toBe(identity);
  const ended = once(marked, 'exit');
  marked.kill('SIGKILL');
  await ended;
  expect(identityOf(pid, linux)).toBeUndefined();
});

describe('an image of the local run', () => {
  const services = join(parent, 'services');
  const images = join(directory, 'images');

  function build(service: string, content: string): string {
    mkdirSync(join(services, service, 'dist'), { recursive: true });
    writeFileSync(join(services, service, 'dist', 'server.mjs'), content);
    return `quilt.local/${service}@sha256:${createHash('sha256').update(content).digest('hex')}`;
  }

  test('is there when the service was built so, and stays when it is built again', () => {
    const first = build('mcp', 'first');
    expect(hasImage(images, first, services)).toBe(true);
    const second = build('mcp', 'second');
    expect([first, second].map((image) => hasImage(images, image, services))).toEqual([true, true]);
    expect(
      readdirSync(images)
        .map((file) => readFileSync(join(images, file), 'utf8'))
        .sort(),
    ).toEqual(['first', 'second']);
  });

  test('is not there when it was built otherwise, was not built, or is none of this clone', () => {
    const built = build('mcp', 'third');
    build('mcp', 'fourth');
    const digest = built.split('@')[1];
    const others = [`quilt.local/catalog@${digest}`, `quilt.local/../mcp@${digest}`, `example.com/mcp@${digest}`];
    expect([built, ...others].map((image) => hasImage(images, image, services))).toEqual(Array(4).fill(false));
  });
});
