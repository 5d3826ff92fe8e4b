import type { Tx } from '../database/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { MailTransport } from '../transports/index.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount } from './email-account.ts'
import type { Lifecycle } from './lifecycle.ts'
import { refuseHeld, refuseWaiting, type RemovalCounts } from './removal-counts.ts'

/** Maximum duration of a removal in milliseconds. One statement deletes all data of a mailbox. */
const LONGEST_REMOVAL_MS = 10 * 60_000

export type RemovalHook = (account: EmailAccount, transport: MailTransport) => Promise<void>

interface RemovalDeps
  extends
    Pick<EmailAccountsDeps, 'database' | 'clock' | 'events' | 'transports' | 'audit' | 'countsOf' | 'unsentOf'>,
    Pick<AccountChanges, 'get' | 'change' | 'interrupt'> {
  lifecycle: Lifecycle
}

/** Disconnects a mailbox, which keeps its mail, or removes it permanently. */
export function createRemoval(deps: RemovalDeps) {
  const { database, clock, transports, audit, lifecycle, get, change, interrupt } = deps
  const hooks: RemovalHook[] = []

  function pause(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    return change(id, { actor, action: 'email_account.paused' }, async (tx) => {
      await lifecycle.move(tx, id, 'pause', { code: 'email_accounts.paused' })
      await interrupt(tx, id)
    })
  }

  function resume(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    return change(id, { actor, action: 'email_account.resumed' }, async (tx) => {
      await lifecycle.move(tx, id, 'resume')
      await interrupt(tx, id)
    })
  }

  async function disconnect(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    await runHooks(await get(id))
    return change(id, { actor, action: 'email_account.disconnected' }, async (tx) => {
      await lifecycle.move(tx, id, 'pause', { code: 'email_accounts.disconnected' })
      await interrupt(tx, id)
    })
  }

  async function ignoreMailBefore(tx: Tx, id: EmailAccountId, before: Date): Promise<void> {
    const { numUpdatedRows } = await tx
      .updateTable('email_accounts')
      .set({ deleted_before: before })
      .where('id', '=', id)
      .where((eb) => eb.or([eb('deleted_before', 'is', null), eb('deleted_before', '<', before)]))
      .executeTakeFirst()
    if (numUpdatedRows > 0n) await interrupt(tx, id)
  }

  async function whatRemovalTakes(id: EmailAccountId): Promise<RemovalCounts> {
    return { ...(await deps.countsOf(id)), ...(await deps.unsentOf(database.db, id)) }
  }

  async function remove(id: EmailAccountId, actor: string): Promise<RemovalCounts> {
    const account = await get(id)
    const effects = await whatRemovalTakes(id)
    refuseHeld(effects)
    refuseWaiting(effects)
    await runHooks(account)
    const removeAll = async (tx: Tx) => {
      await lifecycle.holdToRemove(tx, id)
      const counts = { ...effects, ...(await deps.unsentOf(tx, id)) }
      refuseWaiting(counts)
      await tx.deleteFrom('email_accounts').where('id', '=', id).execute()
      await audit.record(tx, {
        actor,
        action: 'email_account.removed',
        subject: id,
        detail: { key: account.key, address: account.address, ...counts },
      })
      await deps.events.append(tx, {
        kind: 'email_account.removed',
        emailAccountId: id,
        subjectId: id,
        payload: { by: actor, key: account.key },
        at: clock.now(),
      })
      return counts
    }
    return database.transaction(removeAll, { limitMs: LONGEST_REMOVAL_MS })
  }

  /** Calls the leave hooks. Best effort: an account whose server fails must still be removable. */
  async function runHooks(account: EmailAccount): Promise<void> {
    for (const hook of hooks) {
      await transports
        .open(account)
        .then((transport) => hook(account, transport))
        .catch(() => undefined)
    }
  }

  function onLeave(hook: RemovalHook): void {
    hooks.push(hook)
  }

  return { pause, resume, disconnect, ignoreMailBefore, whatRemovalTakes, remove, onLeave }
}
