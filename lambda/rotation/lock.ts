import type { Holder, Ports } from './ports.ts';

/**
 * A deploy whose stack is not being changed will never release its lock, and neither will an execution that has ended. Of a holder
 * of another kind nobody knows when it is dead.
 */
async function isDead({ kind, owner }: Holder, ports: Ports): Promise<boolean> {
  if (kind === 'unknown') return false;
  return kind === 'deploy' ? !(await ports.stackInProgress(owner)) : !(await ports.isRunning(owner));
}

const WHO = { deploy: 'A deploy', rotation: 'Another rotation', unknown: 'Somebody unknown' } as const;

/**
 * Takes the lock that excludes deploys. Whoever holds it already keeps it without another look at the stack: a deploy that
 * begins meanwhile is refused by its gate, and waiting for it here would have both wait.
 *
 * @param execution - the owner
 * @returns undefined when it is held, or who holds it, for people
 */
export async function claimLock(ports: Ports, execution: string): Promise<string | undefined> {
  const holder = await ports.lock.read();
  if (holder?.owner === execution) return undefined;
  // A deploy that goes back has given its lock away, and replaces tasks all the same.
  if (await ports.stackInProgress()) return 'A deploy of the services is under way.';
  if (holder !== undefined && !(await isDead(holder, ports))) {
    return `${WHO[holder.kind]} holds the lock since ${holder.takenAt}.`;
  }
  if (await ports.lock.take(execution, holder)) return undefined;
  return 'Somebody else has just taken the lock.';
}
