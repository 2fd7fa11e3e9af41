import { CheckFailure } from '../fault.ts';
import type { ServiceRole, TaskSeen } from '../report.ts';

/** Silence proves nothing, and this check passes on proof only. */
function requireKeyIds(service: ServiceRole, tasks: readonly TaskSeen[]): void {
  if (tasks.length > 0 && tasks.every(({ keyIds }) => keyIds.length > 0)) return;
  throw new CheckFailure(
    `not-provable: responses of the ${service} service do not name task and keys. Check that its image sends X-Quilt-Task ` +
      'and X-Quilt-Key-Ids.',
  );
}

/** Every catalog task that was seen signs with a key that every MCP task that was seen accepts. */
export async function checkKeyIds(seen: Readonly<Record<ServiceRole, readonly TaskSeen[]>>): Promise<void> {
  requireKeyIds('catalog', seen.catalog);
  requireKeyIds('mcp', seen.mcp);
  for (const { task, keyIds } of seen.catalog) {
    for (const keyId of keyIds) {
      const other = seen.mcp.find((mcp) => !mcp.keyIds.includes(keyId));
      if (other === undefined) continue;
      throw new CheckFailure(
        `key-mismatch: catalog task ${task} signs with ${keyId}; MCP task ${other.task} accepts ${other.keyIds.join(', ')}. ` +
          'Roll both services, MCP first, so that their tasks read the parameters again.',
      );
    }
  }
}
