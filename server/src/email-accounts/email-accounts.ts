import type { Kysely } from 'kysely'
import { isUniqueViolation, type Database, type Schema, type Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type CloudProviderId, type EmailAccountId, type GrantId } from '../kernel/ids.ts'
import type { RemoteFolder } from '../mail/index.ts'
import type { MailTransport } from '../transports/index.ts'
import type { EmailAccount, Preflight, SyncedFolder } from './email-account.ts'
import { createFolders } from './folders.ts'
import { createLifecycle } from './lifecycle.ts'
import { createPreflights } from './preflights.ts'
import { refuseWaiting, type MailCounts, type RemovalCounts, type UnsentCounts } from './removal-counts.ts'
import { emailAccountOf } from './rows.ts'
import { signalOf, type StateSignal } from './states.ts'
import { sendTestMail } from './test-mail.ts'
import type { AccountAccess, Transports } from './transports.ts'

export interface AssociateInput {
  name: string
  /** At most five letters and digits; upper case is kept. */
  key: string
  address: string
  kind: 'user' | 'shared'
  contact: string
  /** Who opens the mailbox: for a shared one, a delegate. The cloud provider is that of the grant. */
  grantId: GrantId
  /** How far back to import; 30 days when absent. */
  importDays?: number | undefined
  /** Remote ids of the folders to read; Inbox and Sent Items when absent. */
  folderRemoteIds?: readonly string[] | undefined
}

export type UpdateInput = Partial<
  Pick<AssociateInput, 'name' | 'key' | 'contact' | 'grantId' | 'importDays' | 'folderRemoteIds'>
>

/** A folder on the server and whether we read it. */
export interface FolderChoice extends RemoteFolder {
  synced: boolean
}

/** Where the deeds of admins are written; `Audit` of `people` is one. */
export interface AuditLog {
  record(
    tx: Kysely<Schema>,
    record: { actor: string; action: string; subject: string; detail?: Readonly<Record<string, unknown>> },
  ): Promise<void>
}

export interface EmailAccountsDeps {
  database: Database
  clock: Clock
  events: Events
  transports: Transports
  /** Of which cloud provider a grant is; throws when there is no such grant. */
  cloudProviderOf: (grantId: GrantId) => Promise<CloudProviderId>
  audit: AuditLog
  /** `Conversations.countsOf`. */
  countsOf: (id: EmailAccountId) => Promise<MailCounts>
  /** `countUnsent` of `submission`. */
  unsentOf: (db: Kysely<Schema>, id: EmailAccountId) => Promise<UnsentCounts>
}

export interface EmailAccounts {
  /** Tries what a new email account would need, and keeps nothing. */
  preflight(input: Pick<AssociateInput, 'address' | 'kind' | 'grantId'>): Promise<Preflight>
  /** The folders that could be read, before the account exists. */
  foldersFor(input: Pick<AssociateInput, 'address' | 'kind' | 'grantId'>): Promise<RemoteFolder[]>
  /** Makes the email account, whatever the preflight says: its state tells what is missing. Import begins at once. */
  associate(input: AssociateInput, actor: string): Promise<EmailAccount>

  get(id: EmailAccountId): Promise<EmailAccount>
  list(filter?: { emailAccountIds?: readonly EmailAccountId[] | 'all' }): Promise<EmailAccount[]>
  update(id: EmailAccountId, input: UpdateInput, actor: string): Promise<EmailAccount>
  /** Tries again and keeps the lights. What a test mail showed stays. */
  checkAgain(id: EmailAccountId): Promise<EmailAccount>
  /** What the test mail to the mailbox itself showed about Send As. */
  recordSendTest(id: EmailAccountId, error: AppError | undefined): Promise<void>
  /** Sends a mail from the mailbox to itself and keeps what that showed; a refusal is a light and no error. */
  sendTest(id: EmailAccountId, actor: string): Promise<EmailAccount>

  pause(id: EmailAccountId, actor: string): Promise<EmailAccount>
  resume(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** Ends the reading and sending and keeps the mail that is here. `resume` takes it up again. */
  disconnect(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** What {@link remove} would take away. Nothing in the mailbox itself is ever deleted. */
  whatRemovalTakes(id: EmailAccountId): Promise<RemovalCounts>
  /** Refused while mail waits to be sent: what was accepted does not vanish. */
  remove(id: EmailAccountId, actor: string): Promise<RemovalCounts>
  /** Somebody signed in again: the accounts of that grant are tried at once. */
  grantRenewed(grantId: GrantId): Promise<void>

  folders(id: EmailAccountId): Promise<SyncedFolder[]>
  folderChoices(id: EmailAccountId): Promise<FolderChoice[]>
  chooseFolders(id: EmailAccountId, folderRemoteIds: readonly string[], actor: string): Promise<void>
  /** How far the import is: `aboutTotal` is what the folders hold, more than what is young enough to be imported. */
  importProgress(id: EmailAccountId): Promise<{ imported: number; aboutTotal: number; done: boolean }>

  /** Opens the mailbox. Throws for one that is paused or disconnected: nothing goes out of it either. */
  transportOf(account: EmailAccount): Promise<MailTransport>
  /** Takes over new folders and new names from the server. */
  takeOverFolders(tx: Tx, id: EmailAccountId, remote: readonly RemoteFolder[]): Promise<void>
  forgetFolder(tx: Tx, folder: SyncedFolder): Promise<void>
  /** Called, with a transport that still works, before an account is disconnected or removed. */
  onLeave(hook: (account: EmailAccount, transport: MailTransport) => Promise<void>): void

  /**
   * Tells the account how it went. A signal that its state does not know changes nothing, so a late failure does not
   * wake a paused account. Answers the state after it.
   */
  signal(
    tx: Tx,
    id: EmailAccountId,
    signal: StateSignal,
    options?: { error?: AppError; nextTryAt?: Date },
  ): Promise<EmailAccount['state']>
}

const IMPORT_DAYS = 30
const MOST_IMPORT_DAYS = 3650
const DAY_MS = 24 * 60 * 60 * 1000

export function createEmailAccounts(deps: EmailAccountsDeps): EmailAccounts {
  const { database, clock, transports, audit } = deps
  const { db } = database
  const lifecycle = createLifecycle(deps)
  const folders = createFolders(deps)
  const preflights = createPreflights(deps)
  const leaveHooks: ((account: EmailAccount, transport: MailTransport) => Promise<void>)[] = []

  async function get(id: EmailAccountId): Promise<EmailAccount> {
    const row = await db.selectFrom('email_accounts').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('email_accounts.not_found')
    return emailAccountOf(row)
  }

  async function list({ emailAccountIds = 'all' }: { emailAccountIds?: readonly EmailAccountId[] | 'all' } = {}) {
    if (emailAccountIds !== 'all' && emailAccountIds.length === 0) return []
    let query = db.selectFrom('email_accounts').selectAll()
    if (emailAccountIds !== 'all') query = query.where('id', 'in', [...emailAccountIds])
    const rows = await query.orderBy('name').orderBy('id').execute()
    return rows.map(emailAccountOf)
  }

  async function accessOf(input: Pick<AssociateInput, 'address' | 'kind' | 'grantId'>): Promise<AccountAccess> {
    const { address, kind, grantId } = input
    return { address, kind, grantId, cloudProviderId: await deps.cloudProviderOf(grantId) }
  }

  async function preflight(input: Pick<AssociateInput, 'address' | 'kind' | 'grantId'>): Promise<Preflight> {
    return preflights.run(await accessOf(input))
  }

  async function foldersFor(input: Pick<AssociateInput, 'address' | 'kind' | 'grantId'>): Promise<RemoteFolder[]> {
    return (await transports.of(await accessOf(input))).listFolders()
  }

  async function associate(input: AssociateInput, actor: string): Promise<EmailAccount> {
    const key = keyFrom(input.key)
    const access = await accessOf(input)
    // The network before the transaction: nothing waits for Microsoft with rows in its hand.
    const checked = await preflights.run(access)
    const trouble = preflights.troubleOf(checked)
    const chosen = input.folderRemoteIds
    const remote = chosen && !trouble ? await (await transports.of(access)).listFolders() : undefined
    const id = newId<EmailAccountId>()

    await uniquely(() =>
      database.transaction(async (tx) => {
        await tx
          .insertInto('email_accounts')
          .values({
            id,
            key,
            name: input.name,
            address: input.address,
            kind: input.kind,
            contact: input.contact,
            cloud_provider_id: access.cloudProviderId,
            grant_id: input.grantId,
            receives_by: 'graph',
            sends_by: 'graph',
            import_from: importFrom(input.importDays ?? IMPORT_DAYS),
            state: 'connecting',
            state_since: clock.now(),
            due_at: clock.now(),
            preflight: JSON.stringify(checked),
            created_at: clock.now(),
          })
          .execute()
        if (remote && chosen) await folders.choose(tx, id, remote, chosen)
        await deps.events.append(tx, {
          kind: 'email_account.associated',
          emailAccountId: id,
          subjectId: id,
          payload: { by: actor },
          at: clock.now(),
        })
        if (trouble) await lifecycle.move(tx, id, signalOf(trouble), { code: trouble.code })
        await audit.record(tx, { actor, action: 'email_accounts.associate', subject: id, detail: { key } })
        await database.notify(tx, 'sync', id)
      }),
    )
    return get(id)
  }

  /** Changes an account that is held, and writes down who did it. */
  function change(
    id: EmailAccountId,
    { actor, action, detail = {} }: { actor: string; action: string; detail?: Readonly<Record<string, unknown>> },
    work: (tx: Tx, account: EmailAccount) => Promise<void>,
  ): Promise<EmailAccount> {
    return uniquely(async () => {
      await database.transaction(async (tx) => {
        await work(tx, await lifecycle.hold(tx, id))
        await audit.record(tx, { actor, action: `email_accounts.${action}`, subject: id, detail })
        await database.notify(tx, 'sync', id)
      })
      return get(id)
    })
  }

  /** Whoever is at work with the account finds at its next write that it was changed, and begins anew. */
  async function interrupt(tx: Tx, id: EmailAccountId): Promise<void> {
    await tx
      .updateTable('email_accounts')
      .set((eb) => ({ fence: eb('fence', '+', 1), wakes: eb('wakes', '+', 1), due_at: clock.now() }))
      .where('id', '=', id)
      .execute()
  }

  async function update(id: EmailAccountId, input: UpdateInput, actor: string): Promise<EmailAccount> {
    const before = await get(id)
    const { name, contact, grantId, importDays, folderRemoteIds } = input
    const key = input.key === undefined ? undefined : keyFrom(input.key)
    if (grantId && (await deps.cloudProviderOf(grantId)) !== before.cloudProviderId) {
      throw new AppError('email_accounts.other_cloud_provider')
    }
    const access = { ...before, ...(grantId && { grantId }) }
    const remote = folderRemoteIds && (await (await transports.of(access)).listFolders())

    await change(id, { actor, action: 'update', detail: { changed: Object.keys(input) } }, async (tx, account) => {
      const values = { ...(name && { name }), ...(key && { key }), ...(contact && { contact }) }
      const moved = {
        ...(grantId && { grant_id: grantId }),
        ...(importDays && { import_from: importFrom(importDays) }),
      }
      if (Object.keys({ ...values, ...moved }).length > 0) {
        await tx
          .updateTable('email_accounts')
          .set({ ...values, ...moved })
          .where('id', '=', id)
          .execute()
      }
      if (importDays && importFrom(importDays) < account.importFrom) await folders.readAgain(tx, id)
      if (remote) await folders.choose(tx, id, remote, folderRemoteIds)
      if (grantId) await lifecycle.move(tx, id, 'signed-in')
      if (Object.keys(moved).length > 0 || remote) await interrupt(tx, id)
    })
    return grantId ? checkAgain(id) : get(id)
  }

  async function checkAgain(id: EmailAccountId): Promise<EmailAccount> {
    const account = await get(id)
    const checked = preflights.withTest(await preflights.run(account), account.preflight)
    await database.transaction(async (tx) => {
      await lifecycle.hold(tx, id)
      await tx
        .updateTable('email_accounts')
        .set({ preflight: JSON.stringify(checked) })
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
      await sendTestMail(await transports.of(account), account, clock)
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

  function pause(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    return change(id, { actor, action: 'pause' }, async (tx) => {
      await lifecycle.move(tx, id, 'pause', { code: 'email_accounts.paused' })
      await interrupt(tx, id)
    })
  }

  function resume(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    return change(id, { actor, action: 'resume' }, async (tx) => {
      await lifecycle.move(tx, id, 'resume')
      await interrupt(tx, id)
    })
  }

  async function disconnect(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    await sayGoodbye(await get(id))
    return change(id, { actor, action: 'disconnect' }, async (tx) => {
      await lifecycle.move(tx, id, 'pause', { code: 'email_accounts.disconnected' })
      await interrupt(tx, id)
    })
  }

  async function whatRemovalTakes(id: EmailAccountId): Promise<RemovalCounts> {
    return { ...(await deps.countsOf(id)), ...(await deps.unsentOf(db, id)) }
  }

  async function remove(id: EmailAccountId, actor: string): Promise<RemovalCounts> {
    const account = await get(id)
    const told = await whatRemovalTakes(id)
    refuseWaiting(told)
    await sayGoodbye(account)
    return database.transaction(async (tx) => {
      await lifecycle.holdToRemove(tx, id)
      const counts = { ...told, ...(await deps.unsentOf(tx, id)) }
      refuseWaiting(counts)
      await tx.deleteFrom('email_accounts').where('id', '=', id).execute()
      await audit.record(tx, {
        actor,
        action: 'email_accounts.remove',
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
    })
  }

  /** Best effort: whoever leaves because nothing works any more must be able to leave. */
  async function sayGoodbye(account: EmailAccount): Promise<void> {
    for (const hook of leaveHooks) {
      await transports
        .of(account)
        .then((transport) => hook(account, transport))
        .catch(() => undefined)
    }
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

  async function folderChoices(id: EmailAccountId): Promise<FolderChoice[]> {
    const account = await get(id)
    const [remote, known] = await Promise.all([
      transports.of(account).then((transport) => transport.listFolders()),
      folders.list(id),
    ])
    const read = new Set(known.filter(({ synced }) => synced).map(({ remoteId }) => remoteId))
    return remote.map((folder) => ({ ...folder, synced: read.has(folder.remoteId) }))
  }

  async function importProgress(id: EmailAccountId) {
    const read = (await folders.list(id)).filter(({ synced }) => synced)
    const done = read.length > 0 && read.every(({ imported }) => imported)
    const imported = read.reduce((sum, folder) => sum + folder.importedCount, 0)
    const totals = read.map((folder) =>
      folder.imported ? folder.importedCount : Math.max(folder.importedCount, folder.remoteTotal ?? 0),
    )
    return { imported, aboutTotal: totals.reduce((sum, total) => sum + total, 0), done }
  }

  async function transportOf(account: EmailAccount): Promise<MailTransport> {
    refuseSilent(account)
    return transports.of(account)
  }

  function importFrom(days: number): Date {
    return new Date(clock.now().getTime() - Math.min(Math.max(days, 0), MOST_IMPORT_DAYS) * DAY_MS)
  }

  return {
    preflight,
    foldersFor,
    associate,
    get,
    list,
    update,
    checkAgain,
    recordSendTest,
    sendTest,
    pause,
    resume,
    disconnect,
    whatRemovalTakes,
    remove,
    grantRenewed,
    folders: folders.list,
    folderChoices,
    chooseFolders: async (id, folderRemoteIds, actor) => {
      await update(id, { folderRemoteIds }, actor)
    },
    importProgress,
    transportOf,
    takeOverFolders: folders.takeOver,
    forgetFolder: folders.forget,
    onLeave: (hook) => {
      leaveHooks.push(hook)
    },
    signal: (tx, id, signal, { error, nextTryAt } = {}) =>
      lifecycle.move(tx, id, signal, { code: error?.code, nextTryAt }),
  }
}

function refuseSilent({ state, reason }: EmailAccount): void {
  if (state !== 'paused') return
  if (reason?.code === 'email_accounts.disconnected') throw new AppError('email_accounts.disconnected')
  throw new AppError('email_accounts.paused')
}

function keyFrom(text: string): string {
  const key = text.toUpperCase()
  if (!/^[A-Z0-9]{1,5}$/.test(key)) throw new AppError('email_accounts.key_malformed')
  return key
}

async function uniquely<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isUniqueViolation(error, 'email_accounts_key_key')) {
      throw new AppError('email_accounts.key_taken', { cause: error })
    }
    if (isUniqueViolation(error, 'email_accounts_address')) {
      throw new AppError('email_accounts.address_taken', { cause: error })
    }
    throw error
  }
}
