import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { BreakGlass } from '../../../config/context.ts';
import { checkEnvironment, loadEnvironment } from '../../../config/load.ts';
import { production } from '../../../config/production.ts';
import type { EnvironmentConfig, EnvironmentInput } from '../../../config/schema.ts';
import { addDeployment } from '../../../lib/deployment.ts';
import { findings } from '../../../lib/findings.ts';
import { buildBundles } from '../../support/build.ts';

let built = false;

/** The stacks contain the bundles, so that they are built once before the first synthesis of a test file. */
function buildOnce(): void {
  if (!built) buildBundles();
  built = true;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');

export interface Synthesised {
  readonly foundation: Template;
  readonly trust: Template;
  readonly services: Template;
  readonly operations: Template;
  /** Only where a repository's workflows deploy. */
  readonly delivery: Template | undefined;
  /** Every file of the assembly by its path. */
  readonly files: ReadonlyMap<string, string>;
  /** The SHA-256 of every file. */
  readonly digests: ReadonlyMap<string, string>;
  /** Rules that are broken without an acknowledgement. */
  readonly findings: readonly string[];
  /** Values that synthesis would have to ask an account for. */
  readonly missing: readonly unknown[];
}

/** Synthesises an environment as `cdk synth` does, with the flags of cdk.json, and removes the files again. */
export function synthesise(config: EnvironmentConfig, breakGlass?: BreakGlass): Synthesised {
  buildOnce();
  const outdir = mkdtempSync(join(tmpdir(), 'quilt-synth-'));
  try {
    const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
    const app = new App({ outdir, context, autoSynth: false, analyticsReporting: false });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    addDeployment(app, 'test', config, breakGlass);
    const assembly = app.synth();
    const template = (part: string) => Template.fromJSON(assembly.getStackArtifact(part).template);
    const files = readAll(outdir);
    return {
      foundation: template('Foundation'),
      trust: template('Trust'),
      services: template('Services'),
      operations: template('Operations'),
      delivery: config.ci && template('Delivery'),
      files,
      digests: new Map([...files].map(([path, text]) => [path, createHash('sha256').update(text).digest('hex')])),
      findings: findings(outdir),
      missing: assembly.manifest.missing ?? [],
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The example environment, changed. */
export function productionWith(change: Partial<EnvironmentInput> = {}): EnvironmentConfig {
  return checkEnvironment({ ...production, ...change }, 'test');
}

/** The environment of this machine. */
export function localEnvironment(): EnvironmentConfig {
  buildOnce();
  return loadEnvironment('local');
}

function readAll(directory: string): ReadonlyMap<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]),
  );
}
