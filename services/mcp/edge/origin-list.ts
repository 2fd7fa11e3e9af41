import { type Setting, SettingError } from '../../shared/settings.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const RULE = 'must be a JSON list of origins as a browser writes them, https (or http on loopback), without a path';

/** A JSON list of web origins; empty when the variable is not set. Wildcards are refused. */
export function originList(name: string): Setting<readonly string[]> {
  const read = (text: string | undefined): readonly string[] => {
    if (text === undefined || text.trim() === '') return [];
    const list = parse(text);
    if (!Array.isArray(list) || !list.every(isOrigin)) {
      throw new SettingError(`${RULE}; for example ["https://assistant.example.org"]`);
    }
    return list;
  };
  return { name, read };
}

/** Drops the SyntaxError of JSON, which would quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isOrigin(value: unknown): value is string {
  // The URL standard allows an asterisk in a host, which a reader would take for a wildcard.
  if (typeof value !== 'string' || value.includes('*') || !URL.canParse(value)) return false;
  const { origin, protocol, hostname } = new URL(value);
  return origin === value && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname)));
}
