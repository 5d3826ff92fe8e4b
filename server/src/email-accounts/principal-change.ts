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
import { columnsOf, NO_STAND_BY } from './openers.ts'
import type { Principal } from '../transports/index.ts'

/** Why somebody else opens a mailbox from now on. */
export type PrincipalChangeReason = 'chosen' | 'wished' | 'stand-by-took-over' | 'first-is-back' | 'stand-by-made-first'

/** By what Microsoft knows them, and their name for people to read. */
type Person = Pick<GrantSummary, 'tenantId' | 'objectId' | 'userName'>

export interface PrincipalChange {
  to: Principal
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
 * Lets another grant, or the application, open a mailbox: one entry in the audit that names both, people by what Microsoft
 * knows them by, one event. Cursors and mail stay as they are, so nothing is read twice; whoever is at work with the old one begins anew.
 */
export function createPrincipalChange(deps: PrincipalChangeDeps): PutPrincipal {
  const { clock, events, audit, lifecycle, interrupt, notify, grantOf } = deps

  const personBehind = (principal: Principal) =>
    principal.kind === 'grant' ? grantOf(principal.grantId) : Promise.resolve(undefined)

  return async (tx, account, { to, person, insteadOf, why, actor }) => {
    const { id, principal, standBy } = account
    const before = await personBehind(principal)
    const after = person ?? (await personBehind(to))
    // Who opens the mailbox by themselves cannot stand by for themselves.
    const isStandByGone = to.kind === 'grant' && insteadOf === undefined && standBy?.grantId === to.grantId
    await tx
      .updateTable('email_accounts')
      .set({ ...columnsOf(to), first_grant_id: insteadOf ?? null, ...(isStandByGone && NO_STAND_BY) })
      .where('id', '=', id)
      .execute()
    const detail = { why, from: openerOf(before), to: openerOf(after) }
    await audit.record(tx, { actor, action: 'email_accounts.principal_changed', subject: id, detail })
    await events.append(tx, {
      kind: 'email_account.principal_changed',
      emailAccountId: id,
      subjectId: id,
      payload: { why, by: actor, from: before?.userName, to: after?.userName },
      at: clock.now(),
    })
    if (account.state !== 'paused') await lifecycle.move(tx, id, 'signed-in')
    await interrupt(tx, id)
    await notify(tx, 'sync', id)
  }
}

/** Nobody is behind the application but itself. */
function openerOf(person: Person | undefined): Person | 'application' {
  if (!person) return 'application'
  const { tenantId, objectId, userName } = person
  return { tenantId, objectId, userName }
}

/** Lets pass only who has been seen to read the mailbox. Weather is told as what it is: it says nothing about rights. */
export function refuseUnopened({ lights }: Preflight, kind: Principal['kind'] = 'grant'): void {
  const wrong = lights.find(({ what, outcome }) => outcome === 'wrong' && (what === 'exists' || what === 'reads'))
  const reads = lights.find(({ what }) => what === 'reads')
  if (!wrong && reads?.outcome === 'ok') return
  const code = (wrong?.code ?? reads?.code) as ErrorCode | undefined
  const cause = code && new AppError(code)
  if (cause?.remedy === 'wait') throw cause
  const said = { cause, detail: cause?.message }
  if (kind === 'application') throw new AppError('email_accounts.application_cannot_open', said)
  throw new AppError('email_accounts.cannot_be_opened', said)
}
