import { ConfigurationError, type ConfigurationProblem } from '../../../config/errors.ts';

/** What a configuration is refused for; nothing when it is not. */
export function problemsOf(load: () => unknown): readonly ConfigurationProblem[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
