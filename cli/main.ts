import packageJson from '../package.json' with { type: 'json' };
import { addCommands } from './commands/load.ts';
import { newProgram } from './program.ts';

const EXIT_CODES = `
Exit codes:
  0  done
  1  unexpected error
  2  invalid arguments or configuration
  3  refused
  4  unreachable
  5  the check itself failed, such as a red canary`;

const program = newProgram('bin/quiltctl', 'Operate a deployed catalog and MCP service.')
  .version(packageJson.version, '--version', 'print the version')
  .enablePositionalOptions()
  .addHelpText('after', EXIT_CODES);

await addCommands(program, process.argv[2]);
await program.parseAsync();
