import { createHash } from 'node:crypto';
import { MAX_LIFETIME_SECONDS } from '../../auth/claims.ts';
import { Refusal } from './refusal.ts';

/** The properties that both resources of a Services template have. */
type DeployProperties = {
  /** Identifies the template. */
  readonly trigger: string;
  /** Identifies the change: differs from that of the previous and the next deploy. */
  readonly fingerprint: string;
  /** Version of Foundation's contract that the template requires. */
  readonly contractVersion: string;
  /** The images of both services, as their task definitions name them. */
  readonly images: { readonly catalog: string; readonly mcp: string };
  /** Token lifetime of these services. */
  readonly tokenLifetimeSeconds: number;
  /** Break-glass: why this deploy must succeed whatever the canary finds. `undefined` when the canary decides. */
  readonly breakGlass: string | undefined;
};

const PROPERTY_NAMES = ['Trigger', 'Foundation', 'ContractVersion', 'Images', 'Canary', 'Reason'];
/** Properties that older templates lack. */
const LATER_PROPERTY_NAMES = ['TokenLifetimeSeconds'];
/** CloudFormation adds these to the template's properties. */
const ADDED_BY_CLOUDFORMATION = ['ServiceToken', 'ServiceTimeout'];

const IMAGE = /^[\x21-\x7e]{1,512}$/;
const RULES = {
  Trigger: { pattern: /^[0-9a-f]{64}$/, rule: 'a SHA-256 in hexadecimal digits' },
  ContractVersion: { pattern: /^[1-9]\d{0,3}$/, rule: 'a whole number' },
  Catalog: { pattern: IMAGE, rule: 'the name of an image' },
  Mcp: { pattern: IMAGE, rule: 'the name of an image' },
  TokenLifetimeSeconds: {
    pattern: /^[1-9]\d{0,4}$/,
    rule: `a whole number of seconds, at most ${MAX_LIFETIME_SECONDS}`,
  },
  Canary: { pattern: /^(?:enforce|report)$/, rule: "'enforce' or 'report'" },
  Reason: { pattern: /^[^\p{Cc}]{1,200}$/u, rule: 'a text of at most 200 characters on one line' },
} as const;

type Properties = Readonly<Record<string, unknown>>;

function refuse(message: string): Refusal {
  return new Refusal('properties-invalid', `${message} Correct it in the template.`);
}

function refuseUnknown(record: Properties, known: readonly string[]): void {
  const unknown = Object.keys(record).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw refuse(`Unknown property ${unknown.join(', ')}; known are ${known.join(', ')}.`);
}

function textOf(record: Properties, name: keyof typeof RULES): string {
  const value = record[name];
  const { pattern, rule } = RULES[name];
  if (typeof value !== 'string' || !pattern.test(value)) throw refuse(`Property ${name} must be ${rule}.`);
  return value;
}

function imagesOf(value: unknown): DeployProperties['images'] {
  if (typeof value !== 'object' || value === null) throw refuse('Property Images must have Catalog and Mcp.');
  const images = value as Properties;
  refuseUnknown(images, ['Catalog', 'Mcp']);
  return { catalog: textOf(images, 'Catalog'), mcp: textOf(images, 'Mcp') };
}

/** For an older template without the property, assumes the maximum: the longest that tokens of its catalog may live. */
function tokenLifetimeOf({ TokenLifetimeSeconds: value }: Properties): number {
  if (value === undefined) return MAX_LIFETIME_SECONDS;
  // CloudFormation converts every number to text.
  const name = 'TokenLifetimeSeconds';
  const seconds = Number(textOf({ [name]: typeof value === 'number' ? String(value) : value }, name));
  if (seconds > MAX_LIFETIME_SECONDS) throw refuse(`Property ${name} must be ${RULES[name].rule}.`);
  return seconds;
}

/**
 * SHA-256 of the properties. CloudFormation sends an event when any of them changed: the hash of the template, a value of Foundation
 * that the template takes as a parameter, or break-glass.
 */
export function fingerprintOf(properties: Properties): string {
  const later = LATER_PROPERTY_NAMES.flatMap((name) => properties[name] ?? []);
  const said = [...PROPERTY_NAMES.map((name) => properties[name] ?? null), ...later];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

/**
 * Validates the `ResourceProperties` of an event.
 *
 * @throws Refusal `properties-invalid` naming the property and its rule; unknown properties are refused, since a misspelled one
 * would otherwise be ignored
 */
export function parseProperties(properties: Properties): DeployProperties {
  refuseUnknown(properties, [...PROPERTY_NAMES, ...LATER_PROPERTY_NAMES, ...ADDED_BY_CLOUDFORMATION]);
  const reports = textOf(properties, 'Canary') === 'report';
  if (!reports && properties.Reason !== undefined) throw refuse("Property Reason is only valid with Canary 'report'.");
  return {
    trigger: textOf(properties, 'Trigger'),
    fingerprint: fingerprintOf(properties),
    contractVersion: textOf(properties, 'ContractVersion'),
    images: imagesOf(properties.Images),
    tokenLifetimeSeconds: tokenLifetimeOf(properties),
    breakGlass: reports ? textOf(properties, 'Reason') : undefined,
  };
}

/** One deploy of the Services stack, from an event of CloudFormation. */
export type Deploy = {
  /** The stack, which owns the lock and the revision. */
  readonly stackArn: string;
  /** The event ID; the same for a repeated delivery. */
  readonly requestId: string;
  /** Whether the stack is being created, so that there are no services yet. */
  readonly first: boolean;
  readonly properties: DeployProperties;
};
