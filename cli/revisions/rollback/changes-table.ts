import { table } from '../../format.ts';
import type { Change } from './changes.ts';

/** Changes for people; what needs permission is marked. */
export function changesTable(changes: readonly Change[]): string {
  const rows = changes.map(({ effect, resource, type, because, needsPermission }) => [
    needsPermission ? '!' : '',
    effect,
    resource,
    type,
    because.join(', '),
  ]);
  return table([['', 'CHANGE', 'RESOURCE', 'TYPE', 'BECAUSE OF'], ...rows], { givesWay: ['TYPE'] });
}
