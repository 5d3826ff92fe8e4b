import type { Reader } from '../conversations/index.ts'
import type { VisibleAccounts } from '../events/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { ApiKeyId, EmailAccountId, PersonId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import type { ApiKey, ApiKeyScope, MissingFactor, Person, PeopleRoom, Session, SignedIn } from '../people/index.ts'
import { plainAddress } from '../kernel/client-network.ts'

/** The caller of a request. */
export type Caller = AnonymousCaller | PersonCaller | ProgramCaller

export interface AnonymousCaller {
  kind: 'anonymous'
}

export interface PersonCaller {
  kind: 'person'
  id: PersonId
  person: Person
  /** Session of the request. */
  session: Session
  /** A second factor to add; once it is due, only routes for that are permitted. */
  missingFactor?: MissingFactor | undefined
  visibleAccounts: VisibleAccounts
}

export interface ProgramCaller {
  kind: 'api-key'
  id: ApiKeyId
  /** Admin that created the key and whose permissions it is bound to. */
  createdBy: PersonId
  scopes: readonly ApiKeyScope[]
  visibleAccounts: VisibleAccounts
}

export const ANONYMOUS: AnonymousCaller = { kind: 'anonymous' }

export function personCaller({ person, session, missingFactor }: SignedIn): PersonCaller {
  return { kind: 'person', id: person.id, person, session, missingFactor, visibleAccounts: visibleAccountsOf(person) }
}

export function programCaller(key: ApiKey): ProgramCaller {
  return {
    kind: 'api-key',
    id: key.id,
    createdBy: key.createdBy,
    scopes: key.scopes,
    visibleAccounts: key.emailAccountIds,
  }
}

/** Finds the API key of a request by its header; throws when the key is unknown, expired or not allowed from there. */
export async function callerByKey(people: PeopleRoom, authorization: string, address: string): Promise<ProgramCaller> {
  const [, value] = /^Bearer ([\w-]{1,200})$/i.exec(authorization) ?? []
  const key = value === undefined ? undefined : await people.apiKeys.find(new Secret(value), plainAddress(address))
  if (!key) throw new AppError('http.not_signed_in')
  return programCaller(key)
}

/** Returns the person of a route that is for no key. */
export function personOf(caller: PersonCaller | ProgramCaller): PersonCaller {
  if (caller.kind !== 'person') throw new AppError('http.person_required')
  return caller
}

/** Id of the caller for the audit log. */
export function toActor(caller: Caller): string {
  return caller.kind === 'anonymous' ? 'anonymous' : `${caller.kind}:${caller.id}`
}

/** Author id for notes, drafts and messages; for a person, the bare id. */
export function toAuthor(caller: PersonCaller | ProgramCaller): string {
  return caller.kind === 'person' ? caller.id : `api-key:${caller.id}`
}

/** The caller as the reader of conversations. */
export function toReader({ id, person }: PersonCaller): Reader {
  return { id, since: person.createdAt }
}

export function sees({ visibleAccounts }: PersonCaller | ProgramCaller, id: EmailAccountId): boolean {
  return visibleAccounts === 'all' || visibleAccounts.includes(id)
}

/** The mailboxes whose mail a person sees: none for an auditor, whatever is stored. */
export function visibleAccountsOf({ role, emailAccountIds }: Person): VisibleAccounts {
  if (role === 'auditor') return []
  return role === 'admin' ? 'all' : emailAccountIds
}

export function personSees(person: Person, id: EmailAccountId): boolean {
  const visible = visibleAccountsOf(person)
  return visible === 'all' || visible.includes(id)
}
