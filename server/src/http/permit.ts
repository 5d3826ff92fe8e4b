import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { ApiKeyScope } from '../people/index.ts'
import { sees, type Caller, type PersonCaller, type ProgramCaller } from './caller.ts'

/** Permission for a route, checked before any of the request is read. */
export type Permit = AnyonePermit | MembersPermit | AdminsPermit

interface AnyonePermit {
  who: 'anyone'
}

interface MembersPermit {
  who: 'members'
  /** Scope with which an API key may use the route; without one, no key may. */
  scope?: ApiKeyScope
}

interface AdminsPermit {
  who: 'admins'
  /** As for members. A new route for admins is closed to keys until its permit is {@link adminsAndKeys}. */
  scope?: ApiKeyScope
}

/**
 * Returns the mailbox of a request; undefined for a list of everything that the caller can see. Called once the request
 * is valid, before the action is run.
 */
export type Whose<Input> = (input: Input) => EmailAccountId | undefined | Promise<EmailAccountId | undefined>

export const anyone: AnyonePermit = { who: 'anyone' }

/** Allows callers that work with mail, limited to a person's mailboxes or to those of an API key: see `whose`. */
export function members(scope: ApiKeyScope): MembersPermit {
  return { who: 'members', scope }
}

/** Allows admins to read, and API keys with `admin:read`. */
export function admins(scope: 'admin:read'): AdminsPermit {
  return { who: 'admins', scope }
}

/**
 * Allows a change by admins, and by API keys with the scope. Not for routes through which a leaked key could get rights,
 * redirect mail or outlive its revocation.
 *
 * @see docs/decisions/0064-changes-by-keys-are-listed.md
 */
export function adminsAndKeys(scope: 'admin:write'): AdminsPermit {
  return { who: 'admins', scope }
}

/** Allows people with a session and no API key: what belongs to a person, such as notifications. */
export const signedInMembers: MembersPermit = { who: 'members' }

/** Allows admins with a session and no API key: changes by default, and sign-ins in a browser. */
export const signedInAdmins: AdminsPermit = { who: 'admins' }

/** True for a route that API keys may use, with the scope of its permit. */
export function isForKeys({ permit }: PermittedRoute): boolean {
  return permit.who !== 'anyone' && permit.scope !== undefined
}

interface PermittedRoute {
  permit: Permit
}

/** A caller that is signed in or has an API key. */
export type KnownCaller = PersonCaller | ProgramCaller

export function permitRole(route: PermittedRoute, caller: Caller): void {
  const { permit } = route
  if (permit.who === 'anyone') return
  if (caller.kind === 'anonymous') throw new AppError('http.not_signed_in')
  if (caller.kind === 'api-key') {
    if (permit.scope === undefined) throw new AppError('http.person_required')
    if (!caller.scopes.includes(permit.scope)) throw new AppError('http.scope_missing')
  } else if (permit.who === 'admins' && caller.person.role !== 'admin') {
    throw new AppError('http.not_permitted')
  }
}

/** A key for some mailboxes administers only those, and nothing that affects others, such as people. */
export function permitReach({ permit, whose }: { permit: Permit; whose?: unknown }, caller: Caller): void {
  if (permit.who !== 'admins' || whose !== undefined) return
  if (caller.kind !== 'api-key' || caller.visibleAccounts === 'all') return
  throw new AppError('http.scope_missing', { detail: 'A key for all mailboxes, with a scope of admins.' })
}

/** Responses for inaccessible and missing mailboxes are equal, so that they do not reveal existing ids. */
export async function permitWhose<Input>(whose: Whose<Input> | undefined, caller: Caller, input: Input): Promise<void> {
  if (!whose) return
  if (caller.kind === 'anonymous') throw new AppError('http.not_signed_in')
  let account: EmailAccountId | undefined
  try {
    account = await whose(input)
  } catch (error) {
    if (error instanceof AppError && error.status === 404) throw new AppError('http.not_found', { cause: error })
    throw error
  }
  if (account !== undefined && !sees(caller, account)) throw new AppError('http.not_found')
}
