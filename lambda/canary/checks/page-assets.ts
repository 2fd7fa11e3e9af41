const TAG = /<(?:script|link)\b([^>]{1,2000})>/gi;
const ATTRIBUTE = /\b(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;

/** The scripts, style sheets and other linked files of a page that its own host serves. */
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
