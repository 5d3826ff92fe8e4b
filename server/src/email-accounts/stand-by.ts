/**
 * Who opens a shared mailbox when the person whose sign-in opens it cannot any more.
 *
 * 1. Only somebody of the same organization who has been seen to open the mailbox stands by, and once a day it is looked
 *    whether they still could.
 * 2. When Microsoft ends the sign-in of the first, the stand-by takes over in the transaction in which that is noticed.
 *    The mailbox is then degraded, with the reason that it runs on its stand-by.
 * 3. The first is back as soon as they have signed in again; or an admin makes the stand-by the first.
 */
import { sql } from 'kysely'
import type { Database, Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { GrantSummary } from '../tokens/index.ts'
import type { AccountChanges } from './account-changes.ts'
import type { AuditLog } from './deps.ts'
import type { EmailAccount } from './email-account.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Preflights } from './preflights.ts'
import { type PutPrincipal, refuseUnopened } from './principal-change.ts'
import type { Principal } from '../transports/index.ts'

const CHECK_EVERY_MS = 24 * 60 * 60 * 1000
/** After weather, and so long another process leaves a check alone that is under way. */
const TRY_AGAIN_MS = 60 * 60 * 1000
const MOST_AT_ONCE = 20

/** Only a person brings it back. */
const isOver = ({ state }: GrantSummary): boolean => state === 'needs-sign-in'

export interface StandBysDeps extends Pick<AccountChanges, 'get'> {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  lifecycle: Lifecycle
  preflights: Preflights
  put: PutPrincipal
  grantOf: (id: GrantId) => Promise<GrantSummary>
}

export function createStandBys(deps: StandBysDeps) {
  const { database, clock, events, audit, lifecycle, preflights, put, get, grantOf } = deps
  const after = (ms: number): Date => new Date(clock.now().getTime() + ms)

  /** @throws {AppError} `email_accounts.stand_by_unfit`, `email_accounts.cannot_be_opened` and what the weather is */
  async function choose(id: EmailAccountId, grantId: GrantId, actor: string): Promise<EmailAccount> {
    const account = await get(id)
    await refuseUnfit(account, await grantOf(grantId))
    refuseUnopened(await preflights.run({ ...account, principal: { kind: 'grant', grantId } }))
    await database.transaction(async (tx) => {
      const held = await lifecycle.hold(tx, id)
      if (held.standBy?.insteadOf) throw new AppError('email_accounts.stand_by_at_work')
      const due = { stand_by_checked_at: clock.now(), stand_by_reason: null, stand_by_due_at: after(CHECK_EVERY_MS) }
      await write(tx, held, { stand_by_grant_id: grantId, ...due }, actor, grantId)
    })
    await takeOverIfEnded(id)
    return get(id)
  }

  async function remove(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    await database.transaction(async (tx) => {
      const held = await lifecycle.hold(tx, id)
      if (!held.standBy) return
      if (held.standBy.insteadOf) throw new AppError('email_accounts.stand_by_at_work')
      const none = { stand_by_grant_id: null, stand_by_checked_at: null, stand_by_reason: null, stand_by_due_at: null }
      await write(tx, held, none, actor, undefined)
    })
    return get(id)
  }

  async function write(
    tx: Tx,
    { id, standBy }: EmailAccount,
    columns: {
      stand_by_grant_id: GrantId | null
      stand_by_checked_at: Date | null
      stand_by_reason: string | null
      stand_by_due_at: Date | null
    },
    actor: string,
    grantId: GrantId | undefined,
  ): Promise<void> {
    await tx.updateTable('email_accounts').set(columns).where('id', '=', id).execute()
    const from = standBy && (await grantOf(standBy.grantId)).userName
    const to = grantId && (await grantOf(grantId)).userName
    await audit.record(tx, { actor, action: 'email_accounts.stand_by_changed', subject: id, detail: { from, to } })
    await tell(tx, id, { by: actor, from, to })
  }

  const tell = (tx: Tx, id: EmailAccountId, payload: Readonly<Record<string, unknown>>): Promise<void> =>
    events.append(tx, {
      kind: 'email_account.stand_by_changed',
      emailAccountId: id,
      subjectId: id,
      payload,
      at: clock.now(),
    })

  async function refuseUnfit(account: EmailAccount, standBy: GrantSummary): Promise<void> {
    if (account.kind !== 'shared' || account.principal.kind !== 'grant') {
      throw new AppError('email_accounts.stand_by_not_needed')
    }
    const first = await grantOf(account.standBy?.insteadOf ?? account.principal.grantId)
    const isFit =
      standBy.id !== first.id &&
      standBy.cloudProviderId === first.cloudProviderId &&
      standBy.tenantId === first.tenantId &&
      !isOver(standBy)
    if (!isFit) throw new AppError('email_accounts.stand_by_unfit')
  }

  /** In the transaction in which the failure is noticed. True when the mailbox goes on with the stand-by. */
  async function takeOver(tx: Tx, id: EmailAccountId): Promise<boolean> {
    const account = await lifecycle.hold(tx, id)
    const { standBy, principal, state } = account
    if (!standBy || standBy.insteadOf || standBy.reason || principal.kind !== 'grant' || state === 'paused')
      return false
    if (isOver(await grantOf(standBy.grantId))) return false
    await put(tx, account, {
      to: byGrant(standBy.grantId),
      insteadOf: principal.grantId,
      why: 'stand-by-took-over',
      actor: 'postkey',
    })
    return true
  }

  /** For a mailbox that waits for a sign-in already. */
  async function takeOverIfEnded(id: EmailAccountId): Promise<void> {
    const { principal, state } = await get(id)
    if (state !== 'needs-sign-in' || principal.kind !== 'grant') return
    if (!isOver(await grantOf(principal.grantId))) return
    await database.transaction((tx) => takeOver(tx, id))
  }

  /** Looks whether the stand-by could open the mailbox. What cannot be asked now is asked again within the hour. */
  async function check(id: EmailAccountId): Promise<EmailAccount> {
    const account = await get(id)
    const { standBy } = account
    if (!standBy) throw new AppError('email_accounts.no_stand_by')
    const checked = await preflights.run({ ...account, principal: { kind: 'grant', grantId: standBy.grantId } })
    const reads = checked.lights.find(({ what }) => what === 'reads')
    const trouble = preflights.troubleOf(checked)
    const isKnown = trouble ? trouble.remedy !== 'wait' : reads?.outcome === 'ok'
    await database.transaction(async (tx) => {
      const held = await lifecycle.hold(tx, id)
      if (held.standBy?.grantId !== standBy.grantId) return
      const reason = trouble?.code ?? null
      await tx
        .updateTable('email_accounts')
        .set(
          isKnown
            ? { stand_by_checked_at: clock.now(), stand_by_reason: reason, stand_by_due_at: after(CHECK_EVERY_MS) }
            : { stand_by_due_at: after(TRY_AGAIN_MS) },
        )
        .where('id', '=', id)
        .execute()
      if (isKnown && reason !== (held.standBy.reason?.code ?? null)) await tell(tx, id, { by: 'postkey', reason })
    })
    await takeOverIfEnded(id)
    return get(id)
  }

  /**
   * Those whose daily check is due, each taken by one process. A row that another transaction has is waited for: a turn of
   * its mailbox must not put the check off. One that cannot be checked keeps none of the others from it: it is due again when
   * its lease is over.
   *
   * Cost: one query, and one statement more for each that is due.
   */
  async function checkDue(): Promise<void> {
    const isDue = () => sql<boolean>`stand_by_due_at <= ${clock.now()}`
    const due = await database.db
      .selectFrom('email_accounts')
      .select('id')
      .where(isDue())
      .orderBy('stand_by_due_at')
      .limit(MOST_AT_ONCE)
      .execute()
    await Promise.allSettled(
      due.map(async ({ id }) => {
        const lease = { stand_by_due_at: after(TRY_AGAIN_MS) }
        const taken = await database.db
          .updateTable('email_accounts')
          .set(lease)
          .where('id', '=', id)
          .where(isDue())
          .executeTakeFirst()
        if (taken.numUpdatedRows > 0n) await check(id)
      }),
    )
  }

  async function makeFirst(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    await database.transaction(async (tx) => {
      const account = await lifecycle.hold(tx, id)
      if (!account.standBy?.insteadOf) throw new AppError('email_accounts.stand_by_not_at_work')
      await put(tx, account, { to: byGrant(account.standBy.grantId), why: 'stand-by-made-first', actor })
    })
    return get(id)
  }

  /** Somebody signed in again: whose place was taken has it back, and whoever stands by is looked at. */
  async function grantRenewed(grantId: GrantId): Promise<void> {
    const rows = await database.db
      .selectFrom('email_accounts')
      .select(['id', 'first_grant_id'])
      .where((eb) => eb.or([eb('first_grant_id', '=', grantId), eb('stand_by_grant_id', '=', grantId)]))
      .execute()
    for (const { id, first_grant_id: first } of rows) {
      if (first !== grantId) continue
      await database.transaction(async (tx) => {
        const account = await lifecycle.hold(tx, id)
        if (account.standBy?.insteadOf !== grantId) return
        await put(tx, account, { to: byGrant(grantId), why: 'first-is-back', actor: 'postkey' })
      })
    }
    const standsBy = rows.filter(({ first_grant_id: first }) => first === null)
    await Promise.allSettled(standsBy.map(({ id }) => check(id)))
  }

  return { choose, remove, check, checkDue, takeOver, makeFirst, grantRenewed }
}

function byGrant(grantId: GrantId): Principal {
  return { kind: 'grant', grantId }
}
