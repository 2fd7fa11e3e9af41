import type { Change as ChangeSetChange, ResourceChange } from '@aws-sdk/client-cloudformation';
import { table } from '../format.ts';
import { GATE_TYPES, TASK_DEFINITION_TYPE } from '../revisions/template.ts';

/** What a rollback would do to a resource. */
type Effect = 'add' | 'change' | 'replace' | 'may replace' | 'remove';

/** A change of one resource. JSON. */
export interface Change {
  readonly effect: Effect;
  readonly resource: string;
  readonly type: string;
  /** Names of changed properties, or of attributes such as `DeletionPolicy`. */
  readonly because: readonly string[];
  /** Whether it requires `--allow-replacement`. */
  readonly needsPermission: boolean;
}

/** Every deployment replaces changed task definitions; gate and verdict hold nothing that could be lost. */
const REPLACED_FREELY: readonly string[] = [TASK_DEFINITION_TYPE, ...GATE_TYPES];

/** The changes of a change set by resource. */
export function changesOf(changes: readonly ChangeSetChange[]): readonly Change[] {
  return changes.flatMap(({ ResourceChange: change }) => (change === undefined ? [] : [changeOf(change)]));
}

function changeOf(change: ResourceChange): Change {
  const { LogicalResourceId: resource = '', ResourceType: type = '', Details: details = [] } = change;
  const effect = effectOf(change);
  const names = details.map(({ Target: target }) => target?.Name ?? target?.Attribute ?? '').filter(Boolean);
  const loses = effect === 'replace' || effect === 'may replace' || effect === 'remove';
  return {
    effect,
    resource,
    type,
    because: [...new Set(names)],
    needsPermission: loses && !REPLACED_FREELY.includes(type),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html */
function effectOf(change: ResourceChange): Effect {
  switch (change.Action) {
    case 'Add':
    case 'Import':
      return 'add';
    case 'Remove':
      return 'remove';
    case 'Modify':
      return modification(change);
    default:
      // Dynamic or unknown: CloudFormation cannot say what it will do.
      return 'may replace';
  }
}

/**
 * CloudFormation reports `Conditional` for whatever depends on a value that is not known yet, such as a service on its task
 * definition that is replaced. The details say whether the dependent property could replace the resource at all.
 */
function modification({ ResourceType: type = '', Replacement, Details: details = [] }: ResourceChange): Effect {
  if (Replacement === 'False') return 'change';
  if (Replacement !== 'Conditional') return 'replace';
  // The deploy gate decides whether its resources are replaced; it never replaces them.
  if (GATE_TYPES.includes(type)) return 'change';
  const harmless = details.length > 0 && details.every(({ Target }) => Target?.RequiresRecreation === 'Never');
  return harmless ? 'change' : 'may replace';
}

/** Changes for people; those that require `--allow-replacement` are marked. */
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
