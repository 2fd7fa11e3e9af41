import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { awsEnvironment } from '../../../../cli/local/aws-settings.ts';

const run = promisify(execFile);

const LOCAL = join(import.meta.dirname, '..', '..', '..', '..', '.local');
const INSTALLER = join(LOCAL, 'venv', 'bin', 'python');
const ENVIRONMENT = join(LOCAL, 'quilt3');
const PYTHON = join(ENVIRONMENT, 'bin', 'python');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** An entry, in the words of `package_browse`, as quilt3 reads it. */
export type QuiltEntry = {
  readonly logical_key: string;
  readonly size_bytes: number;
  readonly hash_type: string;
  readonly hash: string;
  readonly physical_key: string;
  readonly bucket: string;
  readonly key: string;
  readonly version_id: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
};

/** What `write_packages.py` wrote, as quilt3 reads it. */
export type WrittenPackages = {
  /** Top hashes of `team/study`, oldest first; pushed 100 seconds apart, the first at 1,700,000,000. */
  readonly revisions: readonly [string, string, string];
  readonly names: readonly string[];
  /** Entries of the latest revision of `team/study`. */
  readonly study: readonly QuiltEntry[];
  /** Metadata of that revision. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Entries of `team/many`. */
  readonly many: readonly QuiltEntry[];
};

/**
 * Writes packages with the Quilt client from PyPI, which is installed for that, once, in an environment of its own.
 *
 * @param where endpoint of the emulator, a folder for what the client keeps, the buckets
 */
export async function writePackages(where: {
  readonly endpoint: string;
  readonly home: string;
  readonly bucket: string;
  readonly otherBucket: string;
}): Promise<WrittenPackages> {
  return JSON.parse(await runScript('write_packages.py', [where.bucket, where.otherBucket], where));
}

/**
 * Writes the package of the local run again.
 *
 * @param folder of the bucket, with the objects of the package; has its manifest and pointers afterwards
 */
export async function writeSample(
  folder: string,
  where: { readonly endpoint: string; readonly home: string },
): Promise<void> {
  await runScript('write_sample.py', [folder], where);
}

async function runScript(
  name: string,
  args: readonly string[],
  { endpoint, home }: { readonly endpoint: string; readonly home: string },
): Promise<string> {
  await install();
  const { stdout } = await run(PYTHON, [join(import.meta.dirname, name), ...args], {
    maxBuffer: MAX_OUTPUT_BYTES,
    env: {
      ...awsEnvironment(endpoint),
      HOME: home,
      XDG_DATA_HOME: home,
      XDG_CACHE_HOME: home,
      QUILT_DISABLE_USAGE_METRICS: 'true',
      QUILT_MINIMIZE_STDOUT: 'true',
      PYTHONUTF8: '1',
    },
  });
  return stdout;
}

/**
 * After a change of `requirements.in`: `uv pip compile --universal --python-version 3.10 --generate-hashes --no-header
 * --no-annotate requirements.in -o requirements.txt`.
 */
async function install(): Promise<void> {
  const marker = join(ENVIRONMENT, '.quilt-installed');
  const content = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (existsSync(PYTHON) && existsSync(marker) && readFileSync(marker, 'utf8') === content) return;
  rmSync(ENVIRONMENT, { recursive: true, force: true });
  // The installer of the emulator's environment serves this one too: a second one would take as long as the packages.
  await run(INSTALLER, ['-m', 'venv', '--without-pip', ENVIRONMENT]);
  const { stdout: target } = await run(PYTHON, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']);
  const quietly = ['--disable-pip-version-check', '--quiet', '--no-compile'];
  const exactly = ['--no-deps', '--require-hashes', '-r', REQUIREMENTS, '--target', target.trim()];
  await run(INSTALLER, ['-m', 'pip', 'install', ...quietly, ...exactly]);
  writeFileSync(marker, content);
}
