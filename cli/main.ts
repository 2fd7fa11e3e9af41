import { Command } from 'commander';
import { addCommands } from './commands/load.ts';
import { EXIT } from './exit-codes.ts';

const program = new Command('bin/quiltctl')
  .description('Operates a deployed catalog and MCP service.')
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.configuration));

await addCommands(program, process.argv[2]);
await program.parseAsync();
