import type { EmailAccountId, PersonId } from '../kernel/ids.ts'
import type { Person, Role } from './person.ts'

export interface People {
  get(id: PersonId): Promise<Person>
  list(): Promise<Person[]>
  /** Of everybody who ever was here, so that a note keeps its author. */
  namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Refuses to leave the team without an admin. */
  changeRole(id: PersonId, role: Role, actor: string): Promise<Person>
  /** Replaces the mailboxes an agent may see. */
  setMemberships(id: PersonId, emailAccountIds: readonly EmailAccountId[], actor: string): Promise<Person>
  /** Ends sign-in, sessions, memberships and API keys. The name stays under what the person wrote. */
  remove(id: PersonId, actor: string): Promise<void>
}
