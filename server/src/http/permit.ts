import { AppError, fillText } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { ApiKeyScope, Role } from '../people/index.ts'
import { TEXTS } from './texts.ts'
import { sees, type Caller, type PersonCaller, type ProgramCaller } from './caller.ts'

/** Permission for a route, checked before any of the request is read. */
export type Permit = AnyonePermit | KeysPermit | PeoplePermit | MembersPermit | AdminsPermit

interface AnyonePermit {
  who: 'anyone'
}

/** Every API key, whatever its scopes, and no person: the route checks the scopes of each action. */
interface KeysPermit {
  who: 'keys'
  scope?: undefined
  auditors?: undefined
  needsFresh?: undefined
}

/** Every person with a session, auditors too. */
interface PeoplePermit {
  who: 'people'
  /** Also while a second factor must be added first. */
  withoutFactor?: true
  scope?: undefined
  auditors?: undefined
  needsFresh?: true
}

/** Admins, supervisors and agents. */
interface MembersPermit {
  who: 'members'
  /** Scope with which an API key may use the route; without one, no key may. */
  scope?: ApiKeyScope
  /** Also auditors, to whom the route shows every mailbox. */
  auditors?: true
  needsFresh?: true
}

interface AdminsPermit {
  who: 'admins'
  /** As for members. A new route for admins is closed to keys until its permit is {@link adminsAndKeys}. */
  scope?: ApiKeyScope
  auditors?: true
  /** The person must have proven their identity in the last minutes, by a sign-in or `POST /v1/session/confirm`. */
  needsFresh?: true
}

/**
 * Returns the mailbox of a request; undefined for a list of everything that the caller can see. Called once the request
 * is valid, before the action is run.
 */
export type Whose<Input> = (input: Input) => EmailAccountId | undefined | Promise<EmailAccountId | undefined>

export const anyone: AnyonePermit = { who: 'anyone' }

/** Allows API keys only, where each action of the request has a route with a permit of its own. */
export const keysOnly: KeysPermit = { who: 'keys' }

/** Allows callers that work with mail, limited to a person's mailboxes or to those of an API key: see `whose`. */
export function members(scope: ApiKeyScope): MembersPermit {
  return { who: 'members', scope }
}

/** Allows admins to read, and API keys with `admin:read`. */
export function admins(scope: 'admin:read'): AdminsPermit {
  return { who: 'admins', scope }
}

/** As {@link members}, and auditors: for the health of mailboxes, and never for mail. */
export function membersAndAuditors(scope: 'mail:read'): MembersPermit {
  return { who: 'members', scope, auditors: true }
}

/** As {@link admins}, and auditors: for the audit list with the people and keys that it names, and the health of the installation. */
export function adminsAndAuditors(scope: 'admin:read'): AdminsPermit {
  return { who: 'admins', scope, auditors: true }
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

/** Allows admins, and API keys with `connect`, which see only their own sessions. */
export const connectors: AdminsPermit = { who: 'admins', scope: 'connect' }

/**
 * Allows admins, and API keys with `connect:application`, which see only their own batches of mailboxes.
 *
 * @see docs/decisions/0078-account-batches.md
 */
export const applicationConnectors: AdminsPermit = { who: 'admins', scope: 'connect:application' }

/** Allows everyone with a session and no API key: the session and the account of a person, whatever their role. */
export const signedInPeople: PeoplePermit = { who: 'people' }

/** Allows members with a session and no API key: work with mail that belongs to a person, such as notifications. */
export const signedInMembers: MembersPermit = { who: 'members' }

/** Allows admins with a session and no API key: changes by default, and sign-ins in a browser. */
export const signedInAdmins: AdminsPermit = { who: 'admins' }

/**
 * Allows admins who have just signed in or confirmed their identity: what grants access to others or changes secrets.
 * Neither a session left open nor a stolen cookie suffices.
 *
 * @see docs/decisions/0066-sessions-end-and-sensitive-actions-need-a-fresh-one.md
 */
export const freshAdmins: AdminsPermit = { who: 'admins', needsFresh: true }

/** As {@link adminsAndKeys}, where a person must have just proven their identity. A key has no session to leave open. */
export function freshAdminsAndKeys(scope: 'admin:write'): AdminsPermit {
  return { who: 'admins', scope, needsFresh: true }
}

/** The same for everyone: what changes one's own sign-in. */
export const freshPeople: PeoplePermit = { who: 'people', needsFresh: true }

/** Also for a session that may only add a second factor: see `people.factor_required`. */
export function alsoWithoutFactor(permit: PeoplePermit): PeoplePermit {
  return { ...permit, withoutFactor: true }
}

/** True for a route that API keys may use. */
export function isForKeys({ permit }: PermittedRoute): boolean {
  return permit.who === 'keys' || (permit.who !== 'anyone' && permit.scope !== undefined)
}

type KnownPermit = Exclude<Permit, AnyonePermit | KeysPermit>

interface PermittedRoute {
  permit: Permit
}

/** A caller that is signed in or has an API key. */
export type KnownCaller = PersonCaller | ProgramCaller

export function permitRole(route: PermittedRoute, caller: Caller): void {
  const { permit } = route
  if (permit.who === 'anyone') return
  if (caller.kind === 'anonymous') throw new AppError('http.not_signed_in')
  if (permit.who === 'keys') {
    if (caller.kind !== 'api-key') throw new AppError('http.not_signed_in')
  } else if (caller.kind === 'api-key') {
    if (permit.scope === undefined) throw new AppError('http.person_required')
    if (!caller.scopes.includes(permit.scope)) {
      throw new AppError('http.scope_missing', { detail: fillText(TEXTS.missingScope, { scope: permit.scope }) })
    }
  } else if (!isForRole(permit, caller.person.role)) {
    throw new AppError('http.not_permitted')
  } else if (caller.missingFactor?.isDue && !(permit.who === 'people' && permit.withoutFactor)) {
    throw new AppError('people.factor_required')
  } else if (permit.needsFresh && !caller.session.isFresh) {
    throw new AppError('http.fresh_sign_in_required')
  }
}

/** Refuses a person without a recent proof of identity when only some bodies of a route need one: see `needsFreshFor`. */
export function permitFresh<Input>(
  needsFreshFor: ((input: Input) => boolean) | undefined,
  caller: Caller,
  input: Input,
): void {
  if (caller.kind !== 'person' || caller.session.isFresh || !needsFreshFor?.(input)) return
  throw new AppError('http.fresh_sign_in_required')
}

function isForRole(permit: KnownPermit, role: Role): boolean {
  if (permit.who === 'people') return true
  if (role === 'auditor') return permit.auditors === true
  return permit.who === 'members' || role === 'admin'
}

/** Returns the caller with the mailboxes that the route shows: all of them to an auditor, if the permit names auditors. */
export function withReach({ permit }: PermittedRoute, caller: Caller): Caller {
  if (permit.who === 'anyone' || permit.auditors !== true) return caller
  return caller.kind === 'person' && caller.person.role === 'auditor' ? { ...caller, visibleAccounts: 'all' } : caller
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
