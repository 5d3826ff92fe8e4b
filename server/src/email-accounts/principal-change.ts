import type { Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { GrantSummary } from '../tokens/index.ts'
import type { AccountChanges } from './account-changes.ts'
import type { AuditLog } from './deps.ts'
import type { EmailAccount, Preflight } from './email-account.ts'
import type { Lifecycle } from './lifecycle.ts'

/** Why somebody else opens a mailbox from now on. */
export type PrincipalChangeReason = 'chosen' | 'wished' | 'stand-by-took-over' | 'first-is-back' | 'stand-by-made-first'

/** By what Microsoft knows them, and their name for people to read. */
type Person = Pick<GrantSummary, 'tenantId' | 'objectId' | 'userName'>

export interface PrincipalChange {
  to: GrantId
  /** Whose grant that is, when it is made in the same transaction and nobody else can see it yet. */
  person?: Person | undefined
  /** In whose place, when it is a stand-by that takes over. */
  insteadOf?: GrantId | undefined
  why: PrincipalChangeReason
  actor: string
}

export type PutPrincipal = (tx: Tx, account: EmailAccount, change: PrincipalChange) => Promise<void>

interface PrincipalChangeDeps extends Pick<AccountChanges, 'interrupt'> {
  clock: Clock
  events: Events
  audit: AuditLog
  lifecycle: Lifecycle
  notify: (tx: Tx, channel: 'sync', payload: string) => Promise<void>
  grantOf: (id: GrantId) => Promise<Person>
}

/**
 * Lets another grant open a mailbox: one entry in the audit that names both people by what Microsoft knows them by, one
 * event. Cursors and mail stay as they are, so nothing is read twice; whoever is at work with the old one begins anew.
 */
export function createPrincipalChange(deps: PrincipalChangeDeps): PutPrincipal {
  const { clock, events, audit, lifecycle, interrupt, notify, grantOf } = deps

  return async (tx, account, { to, person, insteadOf, why, actor }) => {
    const { id, principal, standBy } = account
    const before = principal.kind === 'grant' ? await grantOf(principal.grantId) : undefined
    const after = person ?? (await grantOf(to))
    // Who opens the mailbox by themselves cannot stand by for themselves.
    const isStandByGone = insteadOf === undefined && standBy?.grantId === to
    await tx
      .updateTable('email_accounts')
      .set({
        principal: 'grant',
        grant_id: to,
        principal_tenant_id: null,
        first_grant_id: insteadOf ?? null,
        ...(isStandByGone && {
          stand_by_grant_id: null,
          stand_by_checked_at: null,
          stand_by_reason: null,
          stand_by_due_at: null,
        }),
      })
      .where('id', '=', id)
      .execute()
    const detail = { why, from: before ? personOf(before) : 'application', to: personOf(after) }
    await audit.record(tx, { actor, action: 'email_accounts.principal_changed', subject: id, detail })
    await events.append(tx, {
      kind: 'email_account.principal_changed',
      emailAccountId: id,
      subjectId: id,
      payload: { why, by: actor, from: before?.userName, to: after.userName },
      at: clock.now(),
    })
    if (account.state !== 'paused') await lifecycle.move(tx, id, 'signed-in')
    await interrupt(tx, id)
    await notify(tx, 'sync', id)
  }
}

function personOf({ tenantId, objectId, userName }: Person): Person {
  return { tenantId, objectId, userName }
}

/** Lets pass only who has been seen to read the mailbox. Weather is told as what it is: it says nothing about rights. */
export function refuseUnopened({ lights }: Preflight): void {
  const wrong = lights.find(({ what, outcome }) => outcome === 'wrong' && (what === 'exists' || what === 'reads'))
  const reads = lights.find(({ what }) => what === 'reads')
  if (!wrong && reads?.outcome === 'ok') return
  const code = (wrong?.code ?? reads?.code) as ErrorCode | undefined
  const cause = code && new AppError(code)
  if (cause?.remedy === 'wait') throw cause
  throw new AppError('email_accounts.cannot_be_opened', { cause, detail: cause?.message })
}
