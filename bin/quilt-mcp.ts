#!/usr/bin/env -S node --import tsx
import { Command } from 'commander';
import { addCanary } from '../cli/commands/canary.ts';
import { addRotate } from '../cli/commands/rotate.ts';
import { addSecret } from '../cli/commands/secret.ts';
import { EXIT } from '../cli/exit-codes.ts';

const program = new Command('quilt-mcp')
  .description('Operates a deployed catalog and MCP service.')
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.configuration));

addCanary(program);
addRotate(program);
addSecret(program);

await program.parseAsync();
