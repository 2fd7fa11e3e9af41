import { AuthError } from './errors.ts';

/** A valid token is all that these need. */
const VALID_TOKEN: readonly string[] = [];

/** What a token has to permit for each tool. A tool without an entry is refused. */
export const TOOL_PERMISSIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['bucket_objects_list', ['s3:ListBucket', 's3:GetBucketLocation']],
  ['bucket_object_info', ['s3:GetObject', 's3:GetObjectVersion']],
  ['bucket_object_text', ['s3:GetObject']],
  ['bucket_object_link', ['s3:GetObject']],
  ['bucket_object_fetch', ['s3:GetObject']],
  ['bucket_objects_put', ['s3:PutObject', 's3:PutObjectAcl', 's3:AbortMultipartUpload']],
  ['package_create', ['s3:ListBucket', 's3:GetObject', 's3:PutObject']],
  ['package_browse', ['s3:ListBucket', 's3:GetObject']],
  ['package_diff', ['s3:ListBucket', 's3:GetObject']],
  ['packages_search', ['s3:ListBucket']],
  ['packages_list', ['s3:ListBucket']],
  ['package_delete', ['s3:ListBucket', 's3:DeleteObject']],
  ['athena_query_execute', ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults']],
  ['athena_databases_list', ['glue:GetDatabases', 'glue:GetTables', 'glue:GetTable']],
  ['athena_tables_list', ['glue:GetDatabases', 'glue:GetTables', 'glue:GetTable']],
  ['athena_table_schema', ['glue:GetDatabases', 'glue:GetTables', 'glue:GetTable']],
  ['discover_buckets', VALID_TOKEN],
  ['list_available_resources', VALID_TOKEN],
  ['jwt_diagnostics', VALID_TOKEN],
  ['validate_jwt_token', VALID_TOKEN],
  ['session_diagnostics', VALID_TOKEN],
]);

/**
 * Compares what a tool needs with what a token permits.
 *
 * @param tool - the tool's name
 * @param permissions - the token's `permissions`
 * @returns the permissions that are missing; empty when the tool may run
 * @throws AuthError `tool_not_listed`: an error and not a list, so that a caller who forgets the case refuses the call
 */
export function missingPermissions(tool: string, permissions: readonly string[]): readonly string[] {
  const needed = TOOL_PERMISSIONS.get(tool);
  if (needed === undefined) {
    throw new AuthError('tool_not_listed', 'The tool has no entry in the permission table, so nobody may call it.');
  }
  return needed.filter((permission) => !permissions.includes(permission));
}
