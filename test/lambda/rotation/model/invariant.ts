import { keyIdOf, partsOf } from './store.ts';
import type { World } from './world.ts';

/** What verifiers add to the end of a token. */
export const LEEWAY_SECONDS = 10;

/** Every catalog task that runs signs, at every instant; a token is accepted until its end, and as long as verifiers add to it. */
export function noteTokens(world: World): void {
  const { tokens, now, fleet, own, clocks, cache } = world;
  for (const { holding, lifetime, tainted, status } of fleet.catalog.alive) {
    if (holding === undefined || status === 'PENDING') continue;
    // What a person brought in is never used, so that its tokens may be refused; a key of ours that they had sign counts.
    if (tainted && !own.some(({ accepted }) => accepted.includes(holding.signing))) continue;
    const until = now + (lifetime + LEEWAY_SECONDS) * 1000 + clocks.tokensMs;
    tokens.set(holding.signing, Math.max(tokens.get(holding.signing) ?? 0, until));
  }
  if (now >= cache.until) return;
  for (const { holding, status } of fleet.mcp.alive) {
    if (status === 'RUNNING') for (const name of holding?.accepted ?? []) cache.names.add(name);
  }
}

/**
 * The invariant: every secret that a running catalog task signs with, and every unexpired token it has signed, is accepted by
 * every running MCP task and by any MCP task that would start in this instant. A token names its key by the whole key ID.
 *
 * It is looked at whenever no person has just written a parameter, and no task runs that has read such a value: what those do
 * cannot be prevented, only repaired. Keys that a revocation gave up are excluded, and so is one whose last copy a person deleted.
 */
export function checkInstant(world: World): void {
  const { fleet, tokens, now, revoked, parameters } = world;
  if (!world.isOwn()) return;
  const start = parameters.read();
  if (start === undefined) world.violate('a task that starts now would exit: the signing secret is not in the set');
  // In a repair, a value that a person wrote for a while is not restored yet.
  const { phase } = world.record ?? {};
  if (fleet.alive.some(({ tainted }) => tainted) || phase === 'revokeSecret' || phase === 'repair') return;
  const known = parameters.known();
  const alive = new Set([
    ...fleet.catalog.alive.flatMap(({ holding }) => (holding ? [holding.signing] : [])),
    ...[...tokens].filter(([, until]) => until > now).map(([name]) => name),
  ]);
  for (const name of alive) {
    const { thumbprint } = partsOf(name);
    if (revoked.has(thumbprint) || !known.has(thumbprint)) continue;
    const key = keyIdOf(name);
    if (!start.accepted.includes(name)) {
      world.violate(`an MCP task that starts now refuses a token of ${key} that has not ended`);
    }
    for (const { holding } of fleet.mcp.alive) {
      if (holding !== undefined && !holding.accepted.includes(name)) {
        world.violate(`a running MCP task refuses a token of ${key} that has not ended`);
      }
    }
  }
}

/**
 * Once a rotation has ended, no task holds the retired secret any more.
 *
 * @param keys - thumbprints
 */
export function checkRetired(world: World, keys: readonly string[]): void {
  for (const { service, holding, tainted } of world.fleet.alive) {
    if (tainted || holding === undefined) continue;
    const held = [holding.signing, ...holding.accepted].find((name) => keys.includes(partsOf(name).thumbprint));
    if (held !== undefined) world.violate(`a ${service} task still holds the retired key ${keyIdOf(held)}`);
  }
}

/**
 * Nor does MCP accept it from anywhere else. A secret that is written nowhere any more the rotation cannot try.
 *
 * @param keys - thumbprints
 */
export function checkRefused(world: World, keys: readonly string[]): void {
  const known = world.parameters.known();
  const name = world.accepted().find((accepted) => {
    const { thumbprint } = partsOf(accepted);
    return keys.includes(thumbprint) && known.has(thumbprint);
  });
  if (name !== undefined) world.violate(`MCP still accepts the retired key ${keyIdOf(name)}`);
}
