import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The program that an image reference stands for when ECS tasks are local processes. */
export interface LocalProgram {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** The path that answers 200 once the task may get requests. */
  readonly healthPath: string;
}

/** The file of an image folder that the emulator reads whenever it starts a task. */
export function manifestOf(directory: string): string {
  return join(directory, 'manifest.json');
}

/**
 * Offers a built service as an image, as pushing it to a registry would.
 *
 * The bundle is copied: what runs is what was offered, also when the clone is built again while tasks restart.
 *
 * @param directory - the image folder
 * @param reference - image with its digest, as in the task definition
 * @param bundle - the service's one file
 */
export function offerBundle(directory: string, reference: string, bundle: string, healthPath: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const copy = join(directory, `${reference.replace(/[^a-z0-9]+/g, '-')}.mjs`);
  if (!existsSync(copy)) copyFileSync(bundle, copy);
  offerProgram(directory, reference, { command: [process.execPath, copy], healthPath });
}

/** Names any program as an image, so that the next task of that image can start. */
export function offerProgram(directory: string, reference: string, program: LocalProgram): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const manifest = manifestOf(directory);
  const next = `${manifest}.next`;
  writeFileSync(next, JSON.stringify({ ...readManifest(manifest), [reference]: program }, undefined, 2));
  // In one move, because the emulator may read it at any time.
  renameSync(next, manifest);
}

function readManifest(manifest: string): Record<string, LocalProgram> {
  if (!existsSync(manifest)) return {};
  return JSON.parse(readFileSync(manifest, 'utf8'));
}
