import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The program that an image reference stands for when ECS tasks are local processes. */
export interface LocalProgram {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** The path that answers 200 once the task may get requests. */
  readonly healthPath: string;
}

/**
 * Names the program behind an image, so that the next task of that image can start.
 *
 * The emulator reads the file whenever it starts a task, so it is replaced in one move.
 *
 * @param manifest - path of the JSON file
 * @param reference - image with its digest, as in the task definition
 */
export function offerImage(manifest: string, reference: string, program: LocalProgram): void {
  const known = readManifest(manifest);
  const next = `${manifest}.next`;
  writeFileSync(next, JSON.stringify({ ...known, [reference]: program }, undefined, 2));
  renameSync(next, manifest);
}

function readManifest(manifest: string): Record<string, LocalProgram> {
  try {
    return JSON.parse(readFileSync(manifest, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
