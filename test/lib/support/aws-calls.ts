import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** IAM's names of services, where the SDK has other ones. */
const IAM_SERVICE: Readonly<Record<string, string>> = {
  'cloudwatch-logs': 'logs',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'route-53': 'route53',
  sfn: 'states',
};

/** The one operation whose action is called otherwise. */
const IAM_ACTION: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' };

/**
 * The IAM actions of every AWS operation that commands of the command line may call, found in the sources that they import.
 *
 * @param commands - as in cli/commands/
 */
export function actionsOf(commands: readonly string[]): ReadonlySet<string> {
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: commands.map((command) => `cli/commands/${command}.ts`),
    bundle: true,
    metafile: true,
    write: false,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'unused',
  });
  return new Set(Object.keys(metafile.inputs).flatMap((file) => actionsIn(readFileSync(join(ROOT, file), 'utf8'))));
}

function actionsIn(source: string): readonly string[] {
  const imports = source.matchAll(/import (?!type)\{(?<names>[^}]*)\} from '@aws-sdk\/client-(?<client>[\w-]+)'/g);
  return [...imports].flatMap(({ groups: { names = '', client = '' } = {} }) =>
    names.split(',').flatMap((name) => {
      const [, operation] = /^(?:paginate)?(\w+?)(?:Command)?$/.exec(name.trim()) ?? [];
      if (operation === undefined || !/^paginate|Command$/.test(name.trim())) return [];
      const action = `${IAM_SERVICE[client] ?? client}:${operation}`;
      return [IAM_ACTION[action] ?? action];
    }),
  );
}
