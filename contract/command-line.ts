/**
 * A command for people to run. It includes the environment's name: without it, it would act on the reader's own default. Imported by
 * synthesis, so it imports nothing.
 *
 * @param command - what follows `bin/quiltctl`
 * @param environment - the deployment's name in the configuration; if left out, so is the option
 */
export function quiltctl(command: string, environment: string | undefined): string {
  return `bin/quiltctl ${command}${environment === undefined ? '' : ` --environment ${environment}`}`;
}
