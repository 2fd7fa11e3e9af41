import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

// Part of `npm run check`: every link of a Markdown file leads to a file, and to a heading of it if it names one. A link to the
// web is checked for its form only.

const ROOT = join(import.meta.dirname, '..');

/** Links, images and link definitions: `[text](target)` and `[label]: target`. */
const LINK =
  /\]\((?<inline><[^>]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\)|^\[[^\]^]+\]:\s+(?<defined>\S+)/g;
const FENCE = /^\s*(?:```|~~~)/;

/** The lines of a Markdown file, those of code blocks left empty. */
function linesOf(file: string): readonly string[] {
  let inCode = false;
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => {
      if (!FENCE.test(line)) return inCode ? '' : line;
      inCode = !inCode;
      return '';
    });
}

/**
 * The anchors of a Markdown file, as GitHub makes them from its headings.
 *
 * @param file - absolute
 */
export function anchorsOf(file: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of linesOf(file)) {
    const heading = /^#{1,6}\s+(?<title>.+?)\s*#*$/.exec(line)?.groups?.title;
    if (heading === undefined) continue;
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
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
  if (/^[a-z]+:/i.test(target))
    return /^(https?|mailto):/.test(target) && URL.canParse(target) ? undefined : 'not a valid URL';
  const [path = '', anchor] = decodeURI(target).split('#');
  const linked = path === '' ? file : join(dirname(file), path);
  if (!existsSync(linked)) return 'no such file';
  if (anchor === undefined) return undefined;
  if (statSync(linked).isDirectory() || !linked.endsWith('.md')) return 'only Markdown files have headings';
  return anchorsOf(linked).has(anchor) ? undefined : 'no such heading';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = globSync(['*.md', '{docs,.github,auth,bench,cli,config,lambda,lib,local,services,test}/**/*.md'], {
    cwd: ROOT,
    exclude: (name) => name === 'node_modules',
  });
  const problems = files.flatMap((file) => brokenLinks(join(ROOT, file)));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
