import type { Tx } from '../database/index.ts'
import type { AuditLog } from '../audit/index.ts'
import type { EmailAccount, Preflight, PrincipalStore } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { GrantSummary } from '../tokens/index.ts'
import type { Principal } from '../transports/index.ts'

/** Reason of a change, as stored in the audit list and in events. */
export type PrincipalChangeReason =
  'chosen' | 'request-accepted' | 'backup-took-over' | 'first-is-back' | 'backup-made-principal'

/** A user by the ids of Entra ID, with the user name for display. */
type SignedInUser = Pick<GrantSummary, 'tenantId' | 'objectId' | 'userName'>

export interface PrincipalChange {
  to: Principal
  /** User of a grant that is created in the same transaction, and is not visible outside it yet. */
  user?: SignedInUser | undefined
  /** Grant that a backup replaces. */
  insteadOf?: GrantId | undefined
  why: PrincipalChangeReason
  actor: string
}

export type ChangePrincipal = (tx: Tx, account: EmailAccount, change: PrincipalChange) => Promise<void>

interface PrincipalChangeDeps {
  clock: Clock
  events: Events
  audit: AuditLog
  store: Pick<PrincipalStore, 'setPrincipal' | 'reopen'>
  grants: { get(id: GrantId): Promise<SignedInUser> }
}

/**
 * Replaces the principal of an email account, with one audit record that names both principals, and one event. Cursors
 * and mail remain unchanged; a worker that has the account open restarts.
 */
export function createPrincipalChange(deps: PrincipalChangeDeps): ChangePrincipal {
  const { clock, events, audit, store, grants } = deps

  const userBehind = (principal: Principal) =>
    principal.kind === 'grant' ? grants.get(principal.grantId) : Promise.resolve(undefined)

  return async (tx, account, { to, user, insteadOf, why, actor }) => {
    const { id, principal, backupSignIn } = account
    const before = await userBehind(principal)
    const after = user ?? (await userBehind(to))
    // A principal is not its own backup.
    const dropBackup = to.kind === 'grant' && insteadOf === undefined && backupSignIn?.grantId === to.grantId
    await store.setPrincipal(tx, id, to, { insteadOf, dropBackup })
    const detail = { why, from: forAudit(before), to: forAudit(after) }
    await audit.record(tx, { actor, action: 'email_account.principal_changed', subject: id, detail })
    await events.append(tx, {
      kind: 'email_account.principal_changed',
      emailAccountId: id,
      subjectId: id,
      payload: { why, by: actor, from: before?.userName, to: after?.userName },
      at: clock.now(),
    })
    await store.reopen(tx, account)
  }
}

function forAudit(user: SignedInUser | undefined): SignedInUser | 'application' {
  if (!user) return 'application'
  const { tenantId, objectId, userName } = user
  return { tenantId, objectId, userName }
}

/**
 * Passes only if the preflight has read the mailbox. A transient error is thrown unchanged: it does not reveal access
 * rights.
 *
 * @throws {AppError} `email_accounts.cannot_be_opened`, `email_accounts.application_cannot_open`, any transient error
 */
export function requireReadable({ checks }: Preflight, kind: Principal['kind'] = 'grant'): void {
  const wrong = checks.find(({ what, outcome }) => outcome === 'wrong' && (what === 'exists' || what === 'reads'))
  const reads = checks.find(({ what }) => what === 'reads')
  if (!wrong && reads?.outcome === 'ok') return
  const code = (wrong?.code ?? reads?.code) as ErrorCode | undefined
  const cause = code && new AppError(code)
  if (cause?.remedy === 'wait') throw cause
  const reason = { cause, detail: cause?.message }
  if (kind === 'application') throw new AppError('email_accounts.application_cannot_open', reason)
  throw new AppError('email_accounts.cannot_be_opened', reason)
}
