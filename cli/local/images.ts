import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the services of this clone are, each with its bundle in `dist`. */
export const SERVICES_DIRECTORY = join(import.meta.dirname, '..', '..', 'services');

/** The program that an image reference stands for when ECS tasks are local processes. */
export interface LocalProgram {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** The path that answers 200 once the task may get requests, for a task behind no load balancer. @default / */
  readonly healthPath?: string;
}

/** The file of an image folder that the emulator reads whenever it starts a task. */
export function manifestOf(directory: string): string {
  return join(directory, 'manifest.json');
}

/** As `config/local.ts` names the services of this clone. */
const BUILT = /^quilt\.local\/(?<service>catalog|mcp)@sha256:(?<digest>[0-9a-f]{64})$/;

/**
 * Whether a task of this image can start, as the emulator's `docker/images.py` decides it. A service of this clone is copied, as a push
 * would: an image that was checked can start, also if the clone is rebuilt before its first task.
 *
 * @param directory - the image folder
 * @param reference - image with its digest, as in the task definition
 */
export function hasImage(directory: string, reference: string, services: string = SERVICES_DIRECTORY): boolean {
  if (Object.hasOwn(readManifest(manifestOf(directory)), reference)) return true;
  const { service, digest } = BUILT.exec(reference)?.groups ?? {};
  if (service === undefined) return false;
  const copy = join(directory, `${service}-${digest}.mjs`);
  if (existsSync(copy)) return true;
  const bundle = join(services, service, 'dist', 'server.mjs');
  if (!existsSync(bundle)) return false;
  const content = readFileSync(bundle);
  if (createHash('sha256').update(content).digest('hex') !== digest) return false;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // In one move, because a task may start at any time.
  const draft = `${copy}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, copy);
  return true;
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
