import type { World } from './world.ts';

/** Every catalog task that runs signs, at every instant. */
export function noteTokens(world: World): void {
  const { tokens, now, fleet, own } = world;
  for (const { holding, lifetime, tainted, status } of fleet.catalog.alive) {
    if (holding === undefined || status === 'PENDING') continue;
    // What a person brought in is never used, so that its tokens may be refused; a key of ours that they had sign counts.
    if (tainted && !own.some(({ accepted }) => accepted.includes(holding.signing))) continue;
    tokens.set(holding.signing, Math.max(tokens.get(holding.signing) ?? 0, now + lifetime * 1000));
  }
}

/**
 * The invariant: every secret that a running catalog task signs with, and every unexpired token it has signed, is accepted by
 * every running MCP task and by any MCP task that would start in this instant.
 *
 * It is looked at whenever no person has just written a parameter, and no task runs that has read such a value: what those do
 * nobody can prevent, only repair. Keys that a revocation gave up are out of it, and so is one whose last copy a person deleted.
 */
export function checkInstant(world: World): void {
  const { fleet, tokens, now, revoked, parameters } = world;
  if (!world.isOwn()) return;
  const start = parameters.read();
  if (start === undefined) world.violate('a task that starts now would exit: the signing secret is not in the set');
  // In a repair nobody has put back yet what a person had written for a while.
  const { phase } = world.record ?? {};
  if (fleet.alive.some(({ tainted }) => tainted) || phase === 'revokeSecret' || phase === 'repair') return;
  const known = parameters.known();
  const alive = new Set([
    ...fleet.catalog.alive.flatMap(({ holding }) => (holding ? [holding.signing] : [])),
    ...[...tokens].filter(([, until]) => until > now).map(([key]) => key),
  ]);
  for (const key of alive) {
    if (revoked.has(key) || !known.has(key)) continue;
    const name = key.slice(0, 8);
    if (!start.accepted.includes(key)) {
      world.violate(`an MCP task that starts now refuses a token of ${name} that has not ended`);
    }
    for (const { holding } of fleet.mcp.alive) {
      if (holding !== undefined && !holding.accepted.includes(key)) {
        world.violate(`a running MCP task refuses a token of ${name} that has not ended`);
      }
    }
  }
}

/** Once a rotation has ended, nobody accepts the retired secret any more, and no task holds it. */
export function checkRetired(world: World, keys: readonly string[]): void {
  for (const { service, holding, tainted } of world.fleet.alive) {
    if (tainted || holding === undefined) continue;
    const held = keys.find((key) => holding.accepted.includes(key) || holding.signing === key);
    if (held !== undefined) world.violate(`a ${service} task still holds the retired key ${held.slice(0, 8)}`);
  }
}
