import { join } from 'node:path';
import { LocalEnvironment } from '../../../local/run/environment.ts';
import { Operator } from './operator.ts';

export const MINUTES = 60_000;

/** A local environment of a test file. */
interface Started {
  readonly environment: LocalEnvironment;
  readonly operator: Operator;
  /** Its run folder. */
  readonly directory: string;
}

/**
 * Starts a local environment before the tests of a file, bootstraps it and deploys into it, and ends it after them.
 *
 * @param name - names its folder, so that test files may run side by side
 * @param started - gets the environment before anything is deployed
 */
export function useLocalEnvironment(
  name: string,
  { tokenLifetimeSeconds, deploy = true }: { readonly tokenLifetimeSeconds?: number; readonly deploy?: boolean },
  started: (local: Started) => unknown,
): void {
  const home = join(import.meta.dirname, '..', '..', '..', '.local', `test-${name}`);
  const directory = join(home, 'run');
  let environment: LocalEnvironment | undefined;
  beforeAll(async () => {
    environment = await LocalEnvironment.start({ directory, tokenLifetimeSeconds });
    await started({ environment, operator: new Operator(home), directory });
    await environment.bootstrap();
    if (deploy) await environment.deploy();
  }, 3 * MINUTES);
  afterAll(() => environment?.stop(), MINUTES);
}

/** Has the canary check both services; no check may fail. */
export async function expectGreen(environment: LocalEnvironment): Promise<void> {
  const { verdict, checks } = await environment.canary();
  expect(checks.filter((check) => check.verdict === 'fail')).toEqual([]);
  expect(verdict).toBe('green');
}
