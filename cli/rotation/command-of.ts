import { incomingPath } from '../../config/schema.ts';
import type { Command } from '../../contract/rotation.ts';
import { CommandError, EXIT } from '../exit-codes.ts';

/** The options of `bin/quiltctl rotate` that say what is to be done. */
export interface ModeOptions {
  readonly fromParameter?: string;
  readonly revokeNow?: boolean;
  readonly resume?: boolean;
  readonly abort?: boolean;
}

const SAFE_PART = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;

/**
 * What is to be done, in the words of the state machine; an ordinary rotation when no option says otherwise.
 *
 * @param namePrefix - of the environment, which begins the names of parameters that a secret may come from
 * @throws CommandError (2) when two options contradict each other, or the parameter is not where one may be
 */
export function commandOf(options: ModeOptions, namePrefix: string): Command {
  requireOneMode(options);
  const { fromParameter, revokeNow, resume, abort } = options;
  const trigger = 'manual';
  if (resume) return { command: 'resume', trigger };
  if (abort) return { command: 'abort', trigger };
  if (revokeNow) return { command: 'revoke', trigger };
  if (fromParameter === undefined) return { command: 'rotate', trigger };
  requireIncoming(fromParameter, incomingPath({ namePrefix }));
  return { command: 'rotate', trigger, fromParameter };
}

/** @throws CommandError (2) when more than one option says what is to be done */
export function requireOneMode({ fromParameter, revokeNow, resume, abort }: ModeOptions): void {
  const given = [
    ...(fromParameter === undefined ? [] : ['--from-parameter']),
    ...(revokeNow ? ['--revoke-now'] : []),
    ...(resume ? ['--resume'] : []),
    ...(abort ? ['--abort'] : []),
  ];
  if (given.length < 2) return;
  throw new CommandError(`${given.join(' and ')} exclude each other: give one of them.`, EXIT.configuration);
}

function requireIncoming(name: string, path: string): void {
  if (name.startsWith(path) && SAFE_PART.test(name.slice(path.length))) return;
  // What was given is not repeated: it may be the secret itself, by mistake.
  throw new CommandError(
    `--from-parameter takes the name of a SecureString below ${path}, and nothing else is read. Write the next secret there ` +
      'from a file, then name it:\n' +
      `  aws ssm put-parameter --type SecureString --name ${path}next --value file://next-secret.txt\n` +
      `  bin/quiltctl rotate --from-parameter ${path}next`,
    EXIT.configuration,
  );
}
