import { readFileSync } from 'node:fs';

type Instruction = { readonly keyword: string; readonly value: string };

/** One stage of a Dockerfile. */
export type Stage = { readonly from: string; readonly instructions: readonly Instruction[] };

/** Reads a Dockerfile as far as ours go: comments, continued lines, stages. */
export function readDockerfile(path: string): readonly Stage[] {
  const lines = readFileSync(path, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  const stages: { from: string; instructions: Instruction[] }[] = [];
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const [, keyword = '', value = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (keyword === 'FROM') stages.push({ from: value, instructions: [] });
    else stages.at(-1)?.instructions.push({ keyword, value });
  }
  return stages;
}

/** The values of all instructions of one kind. */
export function valuesOf(stage: Stage | undefined, keyword: string): readonly string[] {
  return (stage?.instructions ?? []).filter((each) => each.keyword === keyword).map(({ value }) => value);
}
