import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

// Part of `npm run check`: each link of a Markdown file leads to a file and a heading. The web is not asked.

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = '{docs,.github,auth,aws,bench,cli,config,contract,lambda,lib,local,services,test}';
/** `[text](target)` and `[label]: target`. */
const LINK = /\]\((?<inline>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+(?<defined>\S+)/g;

/** The lines of a Markdown file, those of code blocks left empty. */
function linesOf(file: string): readonly string[] {
  const blank = (code: string) => code.replaceAll(/[^\n]/g, '');
  return readFileSync(file, 'utf8')
    .replaceAll(/^\s*```.*?^\s*```$/gms, blank)
    .split('\n');
}

/** The anchors of a Markdown file, as GitHub makes them from its headings. */
export function anchorsOf(file: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of linesOf(file)) {
    const title = /^#{1,6} +(?<title>.+)/.exec(line)?.groups?.title;
    if (title === undefined) continue;
    const text = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** What is wrong with the links of a file, each with its line. */
export function brokenLinks(file: string): string[] {
  return linesOf(file).flatMap((line, index) =>
    [...line.replaceAll(/`[^`]*`/g, '').matchAll(LINK)].flatMap(({ groups }) => {
      const target = groups?.inline ?? groups?.defined ?? '';
      const problem = problemOf(target, file);
      return problem === undefined ? [] : [`${relative(ROOT, file)}:${index + 1}: ${target}: ${problem}`];
    }),
  );
}

function problemOf(target: string, file: string): string | undefined {
  if (/^[a-z]+:/i.test(target)) return URL.canParse(target) ? undefined : 'not a valid URL';
  const [path = '', anchor] = target.split('#');
  const linked = path === '' ? file : join(dirname(file), path);
  if (!existsSync(linked)) return 'no such file';
  return anchor === undefined || anchorsOf(linked).has(anchor) ? undefined : 'no such heading';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = globSync(['*.md', `${FOLDERS}/**/*.md`], { cwd: ROOT, exclude: ['**/node_modules'] });
  const problems = files.flatMap((file) => brokenLinks(join(ROOT, file)));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
