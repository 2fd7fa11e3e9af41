import { taskRows } from '../canary.ts';
import { duration, table } from '../format.ts';
import { type Driver, endOf } from './driver.ts';
import { executionName } from './execution.ts';
import type { KeyUse, RecordSummary } from './record-summary.ts';
import type { CanaryFinding, NextRotation, SecretStatus } from './secret-status.ts';

type CommandLine = (command: string) => string;

const NO_RECORD = 'No rotation has been recorded yet. A canary run or bin/quiltctl rotate creates the first record.';

/**
 * The status of the secret for people: parameters, keys, rotation, tasks, and the canary's verdict last.
 *
 * @param now - milliseconds since 1970
 * @param commandLine - turns what follows `bin/quiltctl` into a command line
 */
export function statusTable(
  { parameters, rotation, nextRotation, canary }: SecretStatus,
  now: number,
  commandLine: CommandLine,
): string {
  const rows = parameters.map(({ name, version, modifiedAt }) => [
    name,
    version === undefined ? 'missing' : String(version),
    modifiedAt ?? '–',
  ]);
  return [
    table([['PARAMETER', 'VERSION', 'LAST MODIFIED'], ...rows]),
    ...(rotation && nextRotation ? rotationParts(rotation, nextRotation, now, commandLine) : [NO_RECORD]),
    ...canaryParts(canary),
  ].join('\n\n');
}

function rotationParts(
  rotation: RecordSummary,
  next: NextRotation,
  now: number,
  commandLine: CommandLine,
): readonly string[] {
  const keys = rotation.keys.map((key) => [key.keyId, useOf(key, rotation), key.since ?? '–']);
  return [
    table([['KEY', 'USE', 'ACCEPTED SINCE'], ...keys]),
    table([
      ['ROTATION', ''],
      ...rotationRows(rotation, now, commandLine),
      ['next rotation', nextText(next, now, commandLine)],
    ]),
  ];
}

function useOf({ keyId, signs, accepted }: KeyUse, { nextKeyId }: RecordSummary): string {
  const uses = [
    ...(signs ? ['signs'] : []),
    ...(keyId === nextKeyId && !signs ? ['next'] : []),
    accepted ? 'accepted' : 'not accepted',
  ];
  return uses.join(', ');
}

function rotationRows(rotation: RecordSummary, now: number, commandLine: CommandLine): readonly (readonly string[])[] {
  const { phase, direction, phaseSince, execution, driver, signingSince, graceUntil, backBecause, stopped, last } =
    rotation;
  const way = phase === 'idle' ? '' : `, ${direction}`;
  return [
    ['phase', `${phase}${way}, since ${phaseSince}`],
    ...(execution !== undefined && driver
      ? [['execution', `${executionName(execution)} ${lifeText(driver, commandLine)}`]]
      : []),
    ['secret signs since', `${signingSince} (${span(signingSince, now)})`],
    ...(graceUntil ? [['grace until', `${graceUntil} (${graceLeft(graceUntil, now)})`]] : []),
    ...(backBecause === undefined ? [] : [['rolls back because', backBecause]]),
    ...(stopped ? [['stopped', `${stopped.at}: ${stopped.reason}`]] : []),
    ['last outcome', last ? [`${last.outcome} at ${last.at}`, ...(last.reason ? [last.reason] : [])].join(': ') : '–'],
  ];
}

function lifeText(driver: Driver, commandLine: CommandLine): string {
  switch (driver.state) {
    case 'running':
      return 'is running';
    case 'ended':
      return `ended (${endOf(driver)}): run ${commandLine('rotate --resume')}`;
    default:
      return `could not be checked: ${driver.reason}`;
  }
}

function nextText(next: NextRotation, now: number, commandLine: CommandLine): string {
  switch (next.state) {
    case 'due':
      return `due since ${next.at}; the schedule checks every hour`;
    case 'scheduled':
      return `${next.at} (in ${span(new Date(now).toISOString(), Date.parse(next.at))})`;
    case 'paused':
      return 'paused by the configuration (rotation.paused)';
    case 'stopped':
      return `after the stopped rotation: ${commandLine('rotate --resume')} resumes it, --abort rolls it back`;
    case 'execution-ended':
      return `after the rotation whose execution ended: ${commandLine('rotate --resume')} resumes it, --abort rolls it back`;
    default:
      return `after the rotation under way: ${commandLine('rotate --watch')} follows it`;
  }
}

function span(from: string, to: number): string {
  return duration((to - Date.parse(from)) / 1000);
}

function graceLeft(until: string, now: number): string {
  const seconds = (Date.parse(until) - now) / 1000;
  return seconds > 0 ? `${duration(seconds)} left` : 'over';
}

function canaryParts(canary: CanaryFinding): readonly string[] {
  if (canary.verdict === 'unknown') return [`Canary did not answer: ${canary.reason}`];
  const tasks = taskRows(canary);
  const verdict =
    canary.verdict === 'green' ? 'Canary green.' : `Canary red: ${canary.failed.join(', ')}. See bin/quiltctl canary.`;
  return [...(tasks.length > 0 ? [table([['SERVICE', 'TASK', 'KEYS'], ...tasks])] : []), verdict];
}
