import { randomUUID } from 'node:crypto';

/** A person of the local registry. The password is the name: this is a toy, and it says so. */
export type Person = {
  readonly id: string;
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly roles: readonly string[];
};

function person(id: string, name: string, role: string): Person {
  return { id, uuid: randomUUID(), name, email: `${name}@example.org`, role, roles: [role] };
}

/** One of each level: write, read, admin. The role names are those of a Quilt stack called `local`. */
export const PEOPLE: readonly Person[] = [
  person('1', 'alice', 'ReadWriteQuiltV2-local'),
  person('2', 'bob', 'ReadOnlyQuilt'),
  person('3', 'carol', 'AdminQuilt'),
];
