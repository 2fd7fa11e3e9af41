import { readWhole } from '../../shared/ask.ts';
import type { Dial } from '../../shared/dial.ts';
import { CheckFailure } from '../fault.ts';
import { formsOf } from '../secret-texts.ts';
import { createLimit } from './recorder.ts';

/** Where catalogs keep their public configuration. */
const CONFIGURATION = ['/config.json', '/config.js'];

const MAX_ASSETS = 40;
const MAX_FILE_BYTES = 16_000_000;
const FILES_AT_ONCE = 3;

/** A path that is safe to report; a page can name any. */
const SHOWN_PATH = /^[A-Za-z0-9._/@-]{1,100}$/;

/**
 * Requires that no public file (page, configuration, scripts and style sheets) contains the signing secret or a key of the set, in
 * any of their forms.
 *
 * @param secrets - every secret and every key's `k`
 */
export async function checkPublicFiles(dial: Dial, pageUrl: URL, secrets: readonly string[]): Promise<void> {
  const needles = [...new Set(secrets.flatMap(formsOf))];

  async function search(url: URL): Promise<string> {
    const where = SHOWN_PATH.test(url.pathname) ? `GET ${url.pathname}` : 'GET of a file of the page';
    const { headers, text } = await readWhole(dial, url, where, MAX_FILE_BYTES);
    if (needles.some((needle) => text?.includes(needle) || headers.includes(needle))) {
      throw new CheckFailure(
        'secret-exposed',
        `${where} shows the signing secret or a key of the set to anyone. Take it out of the catalog's image and ` +
          'configuration, then replace the secret: anyone who read it can sign in as any user.',
      );
    }
    if (text === undefined) {
      throw new CheckFailure(
        'not-provable',
        `${where} is larger than ${MAX_FILE_BYTES / 1_000_000} MB or has an encoding that was not requested, so it cannot be searched. Serve it smaller and unencoded.`,
      );
    }
    return text;
  }

  const assets = assetsOf(await search(pageUrl), pageUrl);
  const limit = createLimit(FILES_AT_ONCE);
  const files = [...CONFIGURATION.map((path) => new URL(path, pageUrl)), ...assets.slice(0, MAX_ASSETS)];
  await Promise.all(files.map((file) => limit(() => search(file))));
  if (assets.length > MAX_ASSETS) {
    throw new CheckFailure(
      'not-provable',
      `the page links to ${assets.length} files of its own host; only the first ${MAX_ASSETS} were searched, and nothing was found.`,
    );
  }
}

const TAG = /<(?:script|link)\b([^>]{1,2000})>/gi;
const ATTRIBUTE = /\b(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;

/** The scripts, style sheets and other linked files of a page on its own host. */
export function assetsOf(page: string, pageUrl: URL): readonly URL[] {
  const found = new Map<string, URL>();
  for (const [, attributes = ''] of page.matchAll(TAG)) {
    const [, double, single, bare] = ATTRIBUTE.exec(attributes) ?? [];
    const reference = (double ?? single ?? bare)?.replaceAll('&amp;', '&');
    if (reference === undefined || !URL.canParse(reference, pageUrl.href)) continue;
    const url = new URL(reference, pageUrl);
    url.hash = '';
    if (url.origin === pageUrl.origin) found.set(url.href, url);
  }
  return [...found.values()];
}
