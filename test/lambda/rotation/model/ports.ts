import type { RotationRecord } from '../../../../contract/rotation.ts';
import type { ParameterRole, Ports, Stored } from '../../../../lambda/rotation/ports.ts';
import { checkRefused, checkRetired, LEEWAY_SECONDS } from './invariant.ts';
import { forgiveTheRemoval } from './people.ts';
import { thumbprint } from './store.ts';
import type { World } from './world.ts';

/** A step tries four times, and so does the way back, a repair, a revocation, each time that it is disturbed, or resumed. */
const MAX_GIVEN_UP = 40;

/** Whether a record says that a step was done which the canary has to be green for. */
function needsCanary(before: RotationRecord, { phase, direction, last }: RotationRecord): boolean {
  switch (before.phase) {
    case 'testSecret':
      return phase === 'finishSecret' && direction === 'forward';
    case 'finishSecret':
      return phase === 'grace' && direction === 'forward';
    case 'retireSecret':
      return last?.outcome === 'rotated' && phase === 'idle';
    case 'revokeSecret':
      return phase === 'idle';
    case 'repair':
      return phase !== 'repair' && phase !== 'revokeSecret';
    default:
      return false;
  }
}

/** The keys, by thumbprints, that no task accepts after a rotation with this outcome. */
function retiredBy({ current, revoked }: RotationRecord, last: RotationRecord['last']): readonly string[] {
  if (last?.outcome === 'rotated') return [current.thumbprint];
  return last?.outcome === 'revoked' ? (revoked?.thumbprints ?? []) : [];
}

/** The ports of the product, over the model's world. Each call is an await in which anything may happen, before and after it. */
export function worldPorts(world: World, execution: string): Ports {
  /** A call continues to its end when its execution is stopped, and cannot know that others may begin: what it does then is safe. */
  function collides(): boolean {
    return world.deploys.isAdmitted && world.running.has(execution);
  }

  async function awaited<T>(effect: () => T): Promise<T> {
    world.pass();
    const result = effect();
    world.check();
    world.pass();
    return result;
  }

  function write(record: RotationRecord): void {
    const { record: before } = world;
    if (before && needsCanary(before, record) && !world.isGreen) {
      world.violate(`${before.phase} is left without a green canary`);
    }
    if (before?.phase !== record.phase) world.isGreen = false;
    forgiveTheRemoval(world, record);
    if (before && before.execution !== execution) world.fenced.add(before.execution);
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
      world.violate('a secret is revoked that is not lost, without a request');
    }
    if (record.revoked) for (const key of record.revoked.thumbprints) world.revoked.add(key);
    if (record.phase !== 'idle' || before === undefined || before.phase === 'idle') return;
    const retired = retiredBy(before, record.last);
    checkRetired(world, retired);
    checkRefused(world, retired);
    if (record.intended.accepted.length !== 1) world.violate('a rotation ended with two keys in the set');
  }

  /** What a request sees of a parameter's versions. */
  function shown(role: ParameterRole): readonly Stored[] {
    const versions = world.parameters.shown(role, world.now);
    return versions.map(({ value, version, modifiedAt }) => ({ value, version, modifiedAt }));
  }

  return {
    names: { secret: '/quilt/secret', keySet: '/quilt/keys' },
    parameters: {
      read: () =>
        awaited(() => {
          const [secret, keySet] = [shown('secret').at(-1), shown('keySet').at(-1)];
          return { ...(secret && { secret }), ...(keySet && { keySet }) };
        }),
      history: (role) => awaited(() => shown(role)),
      put: (role, value) =>
        awaited(() => {
          if (collides() && world.record?.phase !== 'repair' && world.record?.phase !== 'revokeSecret') {
            world.violate('a parameter is written while a deploy changes the services');
          }
          world.note(`put ${role} ${role === 'secret' ? thumbprint(value).slice(0, 8) : ''}`);
          world.isGreen = false;
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
          if (collides() && world.record?.phase !== 'revokeSecret') {
            world.violate(`the ${service} service is rolled while a deploy changes it`);
          }
          if (world.fleet[service].givenUp > MAX_GIVEN_UP) {
            world.violate(`the ${service} service is rolled again and again, although ECS gives every rollout up`);
          }
          world.note(`roll ${service}`);
          return world.fleet[service].force(world.now);
        }),
    },
    isRunning: (other) => awaited(() => world.running.has(other)),
    stackInProgress: (stack) =>
      awaited(() => {
        if (world.lock?.owner === execution) world.violate('the holder of the lock waits for the stack');
        return world.deploys.inProgress(stack);
      }),
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
        world.isGreen = start !== undefined && isRight;
        return world.isGreen ? [] : ['tasks-hold-parameters'];
      }),
    findTasksAccepting: (token) =>
      awaited(() => {
        const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
        if (world.accepted().length === 0) return ['no MCP task runs that could be asked'];
        // A key ID is how the name of its key begins.
        const accepts = world.accepted().some((name) => name.startsWith(header.kid));
        return accepts ? ['a token of the retired secret was accepted'] : [];
      }),
    longestLifetime: (from, to) => awaited(() => world.deploys.longestLifetime(from, to)),
    countRefused: () => awaited(() => '0 requests'),
    timing: {
      get tokenLifetimeSeconds() {
        return world.lifetime;
      },
      leewaySeconds: LEEWAY_SECONDS,
      everyDays: 30,
      rolloutSeconds: 120,
    },
    now: () => world.now + world.clocks.lambdaMs,
    report: (event) => {
      world.reported.push(event);
      if (event.kind === 'repaired' && !world.touched) {
        world.violate(`an own write was taken for a foreign one: ${event.message}`);
      }
      if (event.kind === 'repaired' || event.kind === 'stopped') world.note(`${event.kind}: ${event.message}`);
    },
  };
}
