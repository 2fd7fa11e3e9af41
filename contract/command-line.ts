/**
 * A command for people to run: without the environment's name it would mean the one on their own machine. Imported by synthesis too,
 * so it imports nothing.
 *
 * @param command - what follows `bin/quiltctl`
 * @param environment - as the configuration calls the deployment; left out, the command does not name it
 */
export function quiltctl(command: string, environment: string | undefined): string {
  return `bin/quiltctl ${command}${environment === undefined ? '' : ` --environment ${environment}`}`;
}
