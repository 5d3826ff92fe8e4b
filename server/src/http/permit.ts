import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { ApiKeyScope } from '../people/index.ts'
import { sees, type Caller, type PersonCaller, type ProgramCaller } from './caller.ts'

/** Who may use a route: looked at before anything of the request is read. */
export type Permit = AnybodyPermit | MembersPermit | AdminsPermit

interface AnybodyPermit {
  who: 'anybody'
}

interface MembersPermit {
  who: 'members'
  scope: ApiKeyScope
}

interface AdminsPermit {
  who: 'admins'
  scope: ApiKeyScope
}

/**
 * Whose mail a request is about; undefined when it names no mailbox and lists what its caller may see. Looked at once
 * the request is known to be well formed, before anything is done.
 */
export type Whose<Input> = (input: Input) => EmailAccountId | undefined | Promise<EmailAccountId | undefined>

export const anybody: AnybodyPermit = { who: 'anybody' }

/** Whoever works mail, of the mailboxes that they are members of, or of those that an API key is for: see `whose`. */
export function members(scope: ApiKeyScope): MembersPermit {
  return { who: 'members', scope }
}

export function admins(scope: 'admin:read' | 'admin:write'): AdminsPermit {
  return { who: 'admins', scope }
}

/** What is behind a permit that is not for anybody. */
export type KnownCaller = PersonCaller | ProgramCaller

export function permitRole(permit: Permit, caller: Caller): void {
  if (permit.who === 'anybody') return
  if (caller.kind === 'anonymous') throw new AppError('http.not_signed_in')
  if (caller.kind === 'api-key') {
    if (!caller.scopes.includes(permit.scope)) throw new AppError('http.scope_missing')
  } else if (permit.who === 'admins' && caller.person.role !== 'admin') {
    throw new AppError('http.not_permitted')
  }
}

/** A key for some mailboxes administers those, and nothing that reaches others, such as people. */
export function permitReach({ permit, whose }: { permit: Permit; whose?: unknown }, caller: Caller): void {
  if (permit.who !== 'admins' || whose !== undefined) return
  if (caller.kind !== 'api-key' || caller.visibleAccounts === 'all') return
  throw new AppError('http.scope_missing', { detail: 'A key for all mailboxes, with a scope of admins.' })
}

/** A foreign mailbox and one that does not exist get the same answer, so that nobody learns which ids exist. */
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
