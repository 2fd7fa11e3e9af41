import type { Ports } from '../../../../lambda/rotation/ports.ts';
import type { RotationRecord } from '../../../../lambda/rotation/record.ts';
import { checkRetired } from './invariant.ts';
import { thumbprint } from './store.ts';
import type { World } from './world.ts';

/** A step tries four times, and so does the way back, a revocation, and whoever resumes them. */
const MOST_GIVEN_UP = 20;

/** The ports of the product, over the model's world. Each call is an await in which anything may happen, before and after it. */
export function worldPorts(world: World, execution: string): Ports {
  async function awaited<T>(effect: () => T): Promise<T> {
    world.pass();
    const result = effect();
    world.check();
    world.pass();
    return result;
  }

  function write(record: RotationRecord): void {
    const { record: before } = world;
    world.record = structuredClone(record);
    if (before?.phase !== record.phase || before?.direction !== record.direction) {
      world.note(`${record.phase} ${record.direction} (${execution})`);
    }
    if (
      record.revoked &&
      !before?.revoked &&
      !world.mayRevoke &&
      world.parameters.known().has(before?.intended.signing ?? '')
    ) {
      world.violate('a secret is revoked that is not lost, and nobody asked for it');
    }
    if (record.revoked) for (const key of record.revoked.thumbprints) world.revoked.add(key);
    if (record.phase !== 'idle' || before === undefined || before.phase === 'idle') return;
    if (record.last?.outcome === 'rotated') checkRetired(world, [before.current.thumbprint]);
    if (record.last?.outcome === 'revoked') checkRetired(world, before.revoked?.thumbprints ?? []);
    if (record.intended.accepted.length !== 1) world.violate('a rotation ended with two keys in the set');
  }

  return {
    names: { secret: '/quilt/secret', keySet: '/quilt/keys' },
    parameters: {
      read: () =>
        awaited(() => {
          const [secret, keySet] = [world.parameters.current('secret'), world.parameters.current('keySet')];
          return { ...(secret && { secret }), ...(keySet && { keySet }) };
        }),
      history: (role) => awaited(() => [...world.parameters.history(role)]),
      put: (role, value) =>
        awaited(() => {
          if (world.deploys.isAdmitted && world.record?.phase !== 'repair' && world.record?.phase !== 'revokeSecret') {
            world.violate('a parameter is written while a deploy changes the services');
          }
          world.note(`put ${role} ${role === 'secret' ? thumbprint(value).slice(0, 8) : ''}`);
          world.parameters.put(role, value, world.now);
        }),
      readIncoming: (name) => awaited(() => world.incoming.get(name)),
      deleteIncoming: (name) =>
        awaited(() => {
          world.incoming.delete(name);
        }),
    },
    records: {
      read: () => awaited(() => structuredClone(world.record)),
      write: (record, instead) =>
        awaited(() => {
          if (world.record?.revision !== instead?.revision) return false;
          write(record);
          return true;
        }),
    },
    lock: {
      read: () => awaited(() => world.lock),
      take: (owner, instead) =>
        awaited(() => {
          if (world.lock?.owner !== instead?.owner || world.lock?.takenAt !== instead?.takenAt) return false;
          world.lock = { owner, kind: 'rotation', takenAt: new Date(world.now).toISOString() };
          return true;
        }),
      release: (owner) =>
        awaited(() => {
          if (world.lock?.owner === owner) world.lock = undefined;
        }),
    },
    services: {
      look: (service) => awaited(() => world.fleet[service].state()),
      roll: (service) =>
        awaited(() => {
          if (world.deploys.isAdmitted && world.record?.phase !== 'revokeSecret') {
            world.violate(`the ${service} service is rolled while a deploy changes it`);
          }
          if (world.fleet[service].givenUp > MOST_GIVEN_UP) {
            world.violate(`the ${service} service is rolled again and again, although ECS gives every roll-out up`);
          }
          world.note(`roll ${service}`);
          return world.fleet[service].force(world.now);
        }),
    },
    isRunning: (other) => awaited(() => world.running.has(other)),
    stackInProgress: (stack) => awaited(() => world.deploys.inProgress(stack)),
    runCanary: () =>
      awaited(() => {
        const start = world.parameters.read();
        const seen = world.fleet.alive.filter(({ status }) => status === 'RUNNING');
        const isRight = seen.every(({ service, holding }) =>
          service === 'mcp'
            ? holding?.accepted.toSorted().join() === start?.accepted.toSorted().join()
            : holding?.signing === start?.signing,
        );
        if (world.now < world.redUntil) return ['the canary is red for another reason'];
        return start !== undefined && isRight ? [] : ['tasks-hold-parameters'];
      }),
    acceptedBy: (token) =>
      awaited(() => {
        const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
        const begin = header.kid.split('.').at(-1) ?? '';
        const accepts = world.fleet.mcp.alive.some(
          ({ status, holding }) => status === 'RUNNING' && holding?.accepted.some((key) => key.startsWith(begin)),
        );
        return accepts ? ['a token of the retired secret was accepted'] : [];
      }),
    longestLifetime: (from, to) => awaited(() => world.deploys.longestLifetime(from, to)),
    countRefused: () => awaited(() => '0 requests'),
    timing: {
      get tokenLifetimeSeconds() {
        return world.lifetime;
      },
      leewaySeconds: 5,
      everyDays: 30,
      rollOutSeconds: 120,
    },
    now: () => world.now,
    tell: (event) => {
      world.told.push(event);
      if (event.kind === 'repaired' || event.kind === 'stopped') world.note(`${event.kind}: ${event.message}`);
    },
  };
}
