import { type Expression, sql, type SqlBool } from 'kysely'
import type { Tx } from '../database/index.ts'
import { AppError, codesOfScope } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import { aliasesTold, storedAliases } from './aliases.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount, Preflight } from './email-account.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Preflights } from './preflights.ts'
import { refuseSilent, toSignal } from './states.ts'
import { sendTestMail } from './test-mail.ts'

export type CapabilityChecks = ReturnType<typeof createCapabilityChecks>

interface CapabilityChecksDeps
  extends
    Pick<EmailAccountsDeps, 'database' | 'clock' | 'transports' | 'audit' | 'syncStates'>,
    Pick<AccountChanges, 'get' | 'interrupt'> {
  lifecycle: Lifecycle
  preflights: Preflights
}

/** Time in milliseconds for which other processes skip a claimed check, and after which a failed check is retried. */
const LEASE_MS = 60 * 60 * 1000
const MOST_AT_ONCE = 20

/** Repeats the capability checks of a mailbox: on request, with a test mail, after a sign-in. */
export function createCapabilityChecks(deps: CapabilityChecksDeps) {
  const { database, clock, transports, audit, syncStates, lifecycle, preflights, get, interrupt } = deps

  async function checkAgain(id: EmailAccountId): Promise<EmailAccount> {
    const account = await get(id)
    const checked = preflights.withTest(await preflights.run(account), account.preflight)
    const isOpen = !preflights.troubleOf(checked) && account.principal.kind !== 'password'
    const reportedAliases = isOpen ? await aliasesTold(await transports.open(account)) : undefined
    await database.transaction(async (tx) => {
      const { aliases, address } = await lifecycle.hold(tx, id)
      await tx
        .updateTable('email_accounts')
        .set({
          preflight: JSON.stringify(checked),
          ...(reportedAliases && { aliases: storedAliases(aliases, reportedAliases, address) }),
        })
        .where('id', '=', id)
        .execute()
      const trouble = preflights.troubleOf(checked)
      if (trouble) await lifecycle.move(tx, id, toSignal(trouble), { code: trouble.code })
      else if (account.state === 'needs-admin' || account.state === 'needs-sign-in') await interrupt(tx, id)
      await database.notify(tx, 'sync', id)
    })
    return get(id)
  }

  async function recordSendTest(id: EmailAccountId, error: AppError | undefined): Promise<void> {
    await database.transaction(async (tx) => {
      const { preflight: before } = await lifecycle.hold(tx, id)
      const after = preflights.withSendTest(before, error)
      await tx
        .updateTable('email_accounts')
        .set({ preflight: JSON.stringify(after) })
        .where('id', '=', id)
        .execute()
    })
  }

  async function sendTest(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    const account = await get(id)
    refuseSilent(account)
    let refusal: AppError | undefined
    try {
      await sendTestMail(await transports.open(account), account, clock)
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.remedy === 'bug') throw thrown
      refusal = thrown
    }
    await database.transaction((tx) =>
      audit.record(tx, { actor, action: 'email_account.test_sent', subject: id, detail: { refusal: refusal?.code } }),
    )
    await recordSendTest(id, refusal)
    return get(id)
  }

  /** A failed check may be caused by the ended sign-in, so it becomes due in the same transaction. */
  async function grantRenewed(tx: Tx, grantId: GrantId): Promise<void> {
    const rows = await tx
      .selectFrom('email_accounts')
      .select(['id', 'preflight'])
      .where('grant_id', '=', grantId)
      .where('state', '<>', 'paused')
      .orderBy('id')
      .forNoKeyUpdate()
      .execute()
    for (const { id, preflight } of rows) {
      await lifecycle.move(tx, id, 'signed-in')
      await interrupt(tx, id)
      await database.notify(tx, 'sync', id)
      if (preflights.hasFailedCheck(preflight as Preflight | null)) await setDue(tx, id, clock.now())
    }
  }

  /**
   * Repeats due checks, each in one process. A failed check keeps its results and is due again after an hour.
   *
   * Cost: one query, and one more statement per due check.
   */
  async function checkDue(grantId?: GrantId): Promise<void> {
    const isDue = sql<boolean>`(preflight->>'dueAt')::timestamptz <= ${clock.now()}`
    const { db } = database
    const due = await db
      .selectFrom('email_accounts')
      .select('id')
      .where(isDue)
      .where('state', '<>', 'paused')
      .$if(grantId !== undefined, (query) => query.where('grant_id', '=', grantId!))
      .limit(MOST_AT_ONCE)
      .execute()
    await Promise.allSettled(
      due.map(async ({ id }) => {
        if (await setDue(db, id, new Date(clock.now().getTime() + LEASE_MS), isDue)) await checkAgain(id)
      }),
    )
  }

  /** Sets the due time within the stored result. A new check replaces the result and is therefore not due. */
  async function setDue(
    on: Tx | typeof database.db,
    id: EmailAccountId,
    at: Date,
    when: Expression<SqlBool> = sql<boolean>`true`,
  ): Promise<boolean> {
    const { numUpdatedRows } = await on
      .updateTable('email_accounts')
      .set({ preflight: sql`preflight || jsonb_build_object('dueAt', ${at.toISOString()}::text)` })
      .where('id', '=', id)
      .where(when)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  /**
   * Makes the accounts of a recovered cloud provider due at once. Their state remains until a read succeeds, so that a
   * new failure does not appear as a recovery in between.
   */
  async function providerRecovered(tx: Tx, cloudProviderId: CloudProviderId): Promise<void> {
    const stopped = await tx
      .selectFrom('email_accounts')
      .select('id')
      .where('cloud_provider_id', '=', cloudProviderId)
      .where('state', '<>', 'paused')
      .where((eb) => eb.or([eb('state_reason', 'in', codesOfScope('registration')), eb('state', '=', 'degraded')]))
      .orderBy('id')
      .forNoKeyUpdate()
      .execute()
    const ids = stopped.map(({ id }) => id)
    await syncStates.makeDue(tx, ids)
    for (const id of ids) await database.notify(tx, 'sync', id)
  }

  return { checkAgain, checkDue, recordSendTest, sendTest, grantRenewed, providerRecovered }
}
