import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canaryBlocks } from './canary.ts';
import { commands, exitCodes } from './commands.ts';
import { configuration } from './configuration.ts';
import { mcpLogBlocks } from './mcp-logs.ts';
import { rotationBlocks } from './rotation.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BLOCK = /(?<start><!-- generated:(?<name>[\w-]+) -->\n).*?(?<end>\n<!-- \/generated -->)/gs;

/** What makes each block: between `<!-- generated:NAME -->` and `<!-- /generated -->` in a page of docs/. */
const BLOCKS: Readonly<Record<string, () => string | Promise<string>>> = {
  commands,
  'exit-codes': exitCodes,
  configuration,
  ...canaryBlocks,
  ...mcpLogBlocks,
  ...rotationBlocks,
};

/** A page with generated blocks. */
export interface Page {
  /** From the root of the repository. */
  readonly file: string;
  readonly current: string;
  /** With each block made anew. */
  readonly wanted: string;
}

/**
 * Every page of docs/ that has generated blocks.
 *
 * @throws when a page names a block that nobody makes, or when no page has a block
 */
export async function pages(): Promise<Page[]> {
  const texts = new Map<string, string>();
  for (const [name, make] of Object.entries(BLOCKS)) texts.set(name, await make());
  const unused = new Set(texts.keys());
  const all = globSync('docs/**/*.md', { cwd: ROOT }).map((file) => {
    const current = readFileSync(join(ROOT, file), 'utf8');
    const wanted = current.replaceAll(BLOCK, (_, start: string, name: string, end: string) => {
      const text = texts.get(name);
      if (text === undefined) throw new Error(`${file}: no such generated block: ${name} (scripts/docs/blocks.ts)`);
      unused.delete(name);
      return `${start}\n${text}\n${end}`;
    });
    return { file, current, wanted };
  });
  if (unused.size > 0) throw new Error(`No page of docs/ has the generated block ${[...unused].join(', ')}`);
  return all.filter(({ current }) => current.includes('<!-- generated:'));
}
