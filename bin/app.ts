import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CONTEXT_KEYS, readBreakGlass } from '../config/context.ts';
import { ConfigurationError } from '../config/errors.ts';
import { DEFAULT_ENVIRONMENT, loadEnvironment } from '../config/load.ts';
import { addDeployment } from '../lib/deployment.ts';
import { findings } from '../lib/findings.ts';

/** The CDK app. `-c environment=NAME` chooses the environment; what it needs beside that is in config/. */
function main(): void {
  // Not by itself at the end: a configuration that is refused must leave nothing to be deployed.
  const app = new App({ autoSynth: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const environment: unknown = app.node.tryGetContext('environment') ?? DEFAULT_ENVIRONMENT;
  const context = Object.fromEntries(CONTEXT_KEYS.map((key) => [key, app.node.tryGetContext(key)]));
  const config = loadEnvironment(environment, context, process.env.CDK_DEFAULT_ACCOUNT);
  addDeployment(app, String(environment), config, readBreakGlass(context));
  const broken = findings(app.synth().directory);
  if (broken.length === 0) return;
  process.stderr.write(
    `${broken.join('\n')}\nFix these findings, or acknowledge each where it occurs, with its reason.\n`,
  );
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
