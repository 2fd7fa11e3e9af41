import type { Template } from 'aws-cdk-lib/assertions';

/** One statement as a template has it. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What each role of a stack may do, by the beginning of the role's logical ID. */
export function statementsOf(template: Template, role: string): Statement[] {
  return policiesOf(template)
    .filter(({ roles }) => roles.some((id) => id.startsWith(role)))
    .flatMap(({ statements }) => statements);
}

/** The logical IDs of all roles that may do `action`. */
export function rolesThatMay(template: Template, action: string): string[] {
  const holders = policiesOf(template).filter(({ statements }) =>
    statements.some(({ Action }) => [Action].flat().some((allowed) => matches(allowed, action))),
  );
  return holders.flatMap(({ roles }) => roles);
}

function matches(allowed: string, action: string): boolean {
  const pattern = allowed.split('*').map((part) => part.replace(/[^\w:]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`, 'i').test(action);
}

/** All policies of a stack with the roles that have them. */
export function policiesOf(template: Template): { readonly roles: string[]; readonly statements: Statement[] }[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => ({
    roles: Properties.Roles.map((role: { Ref: string }) => role.Ref),
    statements: Properties.PolicyDocument.Statement,
  }));
}
