import type { VisibleAccounts } from '../events/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { ApiKeyId, EmailAccountId, PersonId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import type { ApiKey, ApiKeyScope, Person, PeopleRoom } from '../people/index.ts'

/** Who is asking. */
export type Caller = AnonymousCaller | PersonCaller | ProgramCaller

export interface AnonymousCaller {
  kind: 'anonymous'
}

export interface PersonCaller {
  kind: 'person'
  id: PersonId
  person: Person
  visibleAccounts: VisibleAccounts
}

export interface ProgramCaller {
  kind: 'api-key'
  id: ApiKeyId
  /** The admin whose rights it lives by. */
  createdBy: PersonId
  scopes: readonly ApiKeyScope[]
  visibleAccounts: VisibleAccounts
}

export const ANONYMOUS: AnonymousCaller = { kind: 'anonymous' }

export function personCaller(person: Person): PersonCaller {
  return {
    kind: 'person',
    id: person.id,
    person,
    visibleAccounts: person.role === 'admin' ? 'all' : person.emailAccountIds,
  }
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

/** The API key of a request, when it has the header that announces one; throws when that is nothing we know. */
export async function callerByKey(people: PeopleRoom, authorization: string): Promise<ProgramCaller> {
  const [, value] = /^Bearer ([\w-]{1,200})$/i.exec(authorization) ?? []
  const key = value === undefined ? undefined : await people.apiKeys.find(new Secret(value))
  if (!key) throw new AppError('http.not_signed_in')
  return programCaller(key)
}

/** For the record of what was done. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'anonymous' ? 'anonymous' : `${caller.kind}:${caller.id}`
}

/** Under which name notes, drafts and messages are kept: that of a person is the bare id. */
export function authorOf(caller: PersonCaller | ProgramCaller): string {
  return caller.kind === 'person' ? caller.id : `api-key:${caller.id}`
}

export function sees({ visibleAccounts }: PersonCaller | ProgramCaller, id: EmailAccountId): boolean {
  return visibleAccounts === 'all' || visibleAccounts.includes(id)
}
