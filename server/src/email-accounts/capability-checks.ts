import type { Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import { aliasesTold, storedAliases } from './aliases.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount, Preflight } from './email-account.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Preflights } from './preflights.ts'
import { refuseSilent, signalOf } from './states.ts'
import { sendTestMail } from './test-mail.ts'

export type CapabilityChecks = ReturnType<typeof createCapabilityChecks>

interface CapabilityChecksDeps
  extends
    Pick<EmailAccountsDeps, 'database' | 'clock' | 'transports' | 'audit'>,
    Pick<AccountChanges, 'get' | 'interrupt'> {
  lifecycle: Lifecycle
  preflights: Preflights
}

/** What a mailbox lets us do, tried again: on request, by a test mail, after a sign-in. */
export function createCapabilityChecks(deps: CapabilityChecksDeps) {
  const { database, clock, transports, audit, lifecycle, preflights, get, interrupt } = deps

  async function checkAgain(id: EmailAccountId): Promise<EmailAccount> {
    const account = await get(id)
    const checked = preflights.withTest(await preflights.run(account), account.preflight)
    const isOpen = !preflights.troubleOf(checked) && account.principal.kind !== 'password'
    const told = isOpen ? await aliasesTold(await transports.open(account)) : undefined
    await database.transaction(async (tx) => {
      const { aliases, address } = await lifecycle.hold(tx, id)
      await tx
        .updateTable('email_accounts')
        .set({
          preflight: JSON.stringify(checked),
          ...(told && { aliases: storedAliases(aliases, told, address) }),
        })
        .where('id', '=', id)
        .execute()
      const trouble = preflights.troubleOf(checked)
      if (trouble) await lifecycle.move(tx, id, signalOf(trouble), { code: trouble.code })
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
      audit.record(tx, { actor, action: 'email_accounts.send_test', subject: id, detail: { refusal: refusal?.code } }),
    )
    await recordSendTest(id, refusal)
    return get(id)
  }

  async function grantRenewed(grantId: GrantId): Promise<void> {
    const stale: EmailAccountId[] = []
    await database.transaction(async (tx) => {
      const rows = await tx
        .selectFrom('email_accounts')
        .select(['id', 'preflight'])
        .where('grant_id', '=', grantId)
        .execute()
      for (const { id, preflight } of rows) {
        const { state } = await lifecycle.hold(tx, id)
        if (state === 'paused') continue
        await lifecycle.move(tx, id, 'signed-in')
        await interrupt(tx, id)
        await database.notify(tx, 'sync', id)
        if (preflights.hasWrongLight(preflight as Preflight | null)) stale.push(id)
      }
    })
    // What was wrong may have been the sign-in. One that cannot be asked now keeps its lights and their time.
    await Promise.allSettled(stale.map((id) => checkAgain(id)))
  }

  /** Their state stays until it shows that they go on: a mailbox that is let down once more was never well. */
  async function providerRecovered(tx: Tx, cloudProviderId: CloudProviderId): Promise<void> {
    const woken = await tx
      .updateTable('email_accounts')
      .set((eb) => ({ wakes: eb('wakes', '+', 1), due_at: clock.now() }))
      .where('cloud_provider_id', '=', cloudProviderId)
      .where('state', '<>', 'paused')
      .where((eb) => eb.or([eb('state_reason', 'like', 'cloud_providers.%'), eb('state', '=', 'degraded')]))
      .returning('id')
      .execute()
    for (const { id } of woken) await database.notify(tx, 'sync', id)
  }

  return { checkAgain, recordSendTest, sendTest, grantRenewed, providerRecovered }
}
