import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const ON_LINUX = process.platform === 'linux';

/**
 * What tells a process from every later one that gets the same ID: the ID, and when the process started.
 *
 * @param linux - whether `/proc` tells; `ps` does elsewhere
 * @returns `undefined` when there is no such process, or only a zombie that nobody has waited for
 */
export function identityOf(pid: number, linux: boolean = ON_LINUX): string | undefined {
  if (!(pid > 0)) return undefined;
  if (linux) {
    // proc_pid_stat(5): behind the name, which is in brackets and may have some itself, come the state and, 20th, the time.
    const [state, ...fields] = readProc(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[18] === undefined || state === 'Z' ? undefined : `${pid}:${fields[18]}`;
  }
  const [state, ...started] = ps('-o', 'state=,lstart=', '-p', String(pid)).trim().split(/ +/);
  return started.length === 0 || state?.startsWith('Z') ? undefined : `${pid}:${started.join('_')}`;
}

/** Whether a process still runs, of whatever user. @param identity - from {@link identityOf} */
export function isAlive(identity: string): boolean {
  return identity !== '' && identity === identityOf(Number.parseInt(identity, 10));
}

/** What the processes of this user were started with. */
export function environments(
  linux: boolean = ON_LINUX,
): readonly { readonly pid: number; readonly variables: readonly string[] }[] {
  if (linux) {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).map((pid) => ({ pid, variables: readProc(pid, 'environ').split('\0') }));
  }
  // With `e` the variables stand behind the command line, which may itself look like one.
  const commands = new Map(rows(ps('axww', '-o', 'pid=,command=')));
  return rows(ps('axeww', '-o', 'pid=,command=')).map(([pid, text]) => {
    const command = commands.get(pid);
    const known = command !== undefined && text.startsWith(command);
    return { pid, variables: known ? text.slice(command.length).split(' ') : [] };
  });
}

function rows(table: string): readonly (readonly [pid: number, text: string])[] {
  return [...table.matchAll(/^ *(\d+) (.*?) *$/gm)].map(([, pid, text]) => [Number(pid), text ?? '']);
}

function ps(...args: readonly string[]): string {
  try {
    const env = { PATH: process.env.PATH, LC_ALL: 'C' };
    return execFileSync('ps', args, { encoding: 'utf8', env, maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // It fails, too, when it is asked about a process that is gone.
    return '';
  }
}

function readProc(pid: number, name: 'environ' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    // Of another user, or gone.
    return '';
  }
}
