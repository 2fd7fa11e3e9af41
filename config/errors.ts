import type { z } from 'zod';
import { readRule } from './rules.ts';

/** One rule that the configuration breaks. */
export interface ConfigurationProblem {
  /** Where the value stands: a path below the project, or the command line. */
  readonly file: string;
  /** Path to the key, in dots: `services.mcp.image.uri`. */
  readonly key: string;
  readonly rule: string;
  readonly remedy: string;
}

/**
 * The configuration cannot be used. The message is complete and is all that a person should see: no stack trace helps
 * with a wrong key. It never repeats a value, because what is pasted into the wrong place may be a secret.
 */
export class ConfigurationError extends Error {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    super(describe(problems));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** Turns what zod found into problems of `file`. */
export function problemsOf(error: z.ZodError, file: string): ConfigurationProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ file, key: keyOf(issue.path), ...readRule(issue.message) }];
    return issue.keys.map((key) => ({
      file,
      key: keyOf([...issue.path, key]),
      rule: 'This key is not known',
      remedy: 'Remove it or correct its spelling; config/schema.ts lists the keys',
    }));
  });
}

function keyOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.') || '(the whole environment)';
}

function describe(problems: readonly ConfigurationProblem[]): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return [
    `The configuration has ${count}; nothing was synthesised.`,
    ...problems.map(({ file, key, rule, remedy }) => `\n${file}: ${key}\n  ${rule}.\n  ${remedy}.`),
  ].join('\n');
}
