import type { LockHolder } from '../../aws/state-table.ts';
import { duration, table } from '../format.ts';
import type { HolderLife } from './holder.ts';
import type { LockStatus, Release } from './releases.ts';

/** The kind of the holder, at the beginning of a sentence. */
function whatOf({ kind }: LockHolder): string {
  if (kind === 'deploy') return 'A deployment';
  return kind === 'rotation' ? 'A rotation' : `A holder of an unknown kind ("${kind}")`;
}

/** `A rotation has held it since 2026-01-02T03:04:05.000Z`: the holder at the beginning of a sentence. */
export function holderText(holder: LockHolder): string {
  return `${whatOf(holder)} has held it since ${holder.takenAt || 'an unknown time'}`;
}

/** Whether the holder is alive, behind its name. */
export function lifeText({ state, detail }: HolderLife): string {
  switch (state) {
    case 'alive':
      return `is alive: ${detail}`;
    case 'ended':
      return `has ended: ${detail}`;
    default:
      return `could not be checked: ${detail}`;
  }
}

const NEXT_STEP: Readonly<Record<HolderLife['state'], (commandLine: CommandLine) => string>> = {
  alive: () => 'Wait until the holder ends; it releases the lock itself.',
  ended: (commandLine) =>
    `The lock is stale: the next deployment or rotation takes it over, and \`${commandLine('lock release')}\` releases it now.`,
  'not-checked': (commandLine) =>
    `If you know that the holder has ended, run \`${commandLine('lock release --force --reason TEXT')}\`.`,
};

type CommandLine = (command: string) => string;

/**
 * The lock for people: holder, since when, whether it is alive, what to do; and the last release.
 *
 * @param now - milliseconds since 1970
 * @param commandLine - turns what follows `bin/quiltctl` into a command line
 */
export function statusText({ lock, releases }: LockStatus, now: number, commandLine: CommandLine): string {
  const [last] = releases;
  const held = lock && [
    table([
      ['DEPLOY LOCK', 'held'],
      ['by', whatOf(lock)],
      ['since', sinceText(lock, now)],
      ['holder', lifeText(lock.life)],
      ['owner', lock.owner || '–'],
    ]),
    NEXT_STEP[lock.life.state](commandLine),
  ];
  return [...(held ?? ['The deploy lock is free.']), ...(last ? [`Last release: ${releaseText(last)}`] : [])].join(
    '\n\n',
  );
}

function sinceText({ takenAt }: LockHolder, now: number): string {
  const began = Date.parse(takenAt);
  return Number.isNaN(began) ? 'unknown' : `${takenAt} (${duration((now - began) / 1000)})`;
}

/** A release on one line: when, by whom, of what, and why. */
export function releaseText({ at, by, forced, reason, holder }: Release): string {
  const { takenAt, life } = holder;
  const state = life.state === 'not-checked' ? 'not checked' : life.state;
  const why = reason === undefined ? '' : ` Reason: ${reason}`;
  return `${at} by ${by}${forced ? ', forced' : ''}. ${whatOf(holder)} held it since ${takenAt || 'an unknown time'} (${state}: ${life.detail}).${why}`;
}
