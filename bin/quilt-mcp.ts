#!/usr/bin/env -S node --import tsx
import { Command } from 'commander';
import { addCommands } from '../cli/commands/load.ts';
import { EXIT } from '../cli/exit-codes.ts';

const program = new Command('quilt-mcp')
  .description('Operates a deployed catalog and MCP service.')
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.configuration));

await addCommands(program, process.argv[2]);
await program.parseAsync();
