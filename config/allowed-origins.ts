import { z } from 'zod';
import { isLoopbackUrl } from './emulator.ts';
import { rule } from './rules.ts';

const MESSAGE = rule(
  'An allowed origin is a scheme and a host, with its port where that is not the usual one',
  'Write an origin such as https://assistant.example.org, or one of http on loopback',
);

/** As a browser writes it in its Origin header, so that it is compared as it stands; a wildcard is none. */
function isOrigin(value: string): boolean {
  if (value.includes('*') || !URL.canParse(value)) return false;
  const { origin, protocol } = new URL(value);
  return origin === value && (protocol === 'https:' || (protocol === 'http:' && isLoopbackUrl(value)));
}

/** Pages beside the catalog's own that may use the MCP service in a browser. */
export const allowedOriginsSchema = z
  .array(z.string(MESSAGE).refine(isOrigin, MESSAGE), rule('Allowed origins are a list', 'Write [] for none'))
  .max(50, rule('A list that a task definition holds is short', 'List at most 50 origins'))
  .refine(
    (origins) => new Set(origins).size === origins.length,
    rule('An allowed origin is listed once', 'Remove the second one'),
  )
  .default([]);
