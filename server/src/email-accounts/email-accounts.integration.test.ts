import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { createEvents } from '../events/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { newId, type CloudProviderId, type EmailAccountId, type FolderId, type GrantId } from '../kernel/ids.ts'
import type { RemoteFolder } from '../mail/index.ts'
import { createSyncStates, createTestClock, storeGrant, testDatabase, WAIT } from '../../test/kit/index.ts'
import type { MailTransport, PreflightCheck } from '../transports/index.ts'
import { createEmailAccounts, type AssociateInput, type UnsentCounts } from './index.ts'

const database = await testDatabase()
const { db } = database
const clock = createTestClock()
const events = createEvents(database)
const written: string[] = []
let keys = 0
let unsent: UnsentCounts = { waiting: 0, unknown: 0, failed: 0 }

/** Fake Exchange as set by the test: the results of capability checks, and the folders. */
const exchange: { checks: PreflightCheck[]; folders: RemoteFolder[]; error: ErrorCode | undefined; left: string[] } = {
  checks: [],
  folders: [],
  error: undefined,
  left: [],
}
const transport = {
  preflight: () => Promise.resolve({ checks: exchange.checks }),
  reading: { listFolders: () => Promise.resolve(exchange.folders) },
  then: undefined,
} as unknown as MailTransport

const emailAccounts = createEmailAccounts({
  database,
  clock,
  events,
  syncStates: createSyncStates({ clock }),
  transports: {
    canSendBy: () => Promise.resolve(true),
    open: () => (exchange.error ? Promise.reject(new AppError(exchange.error)) : Promise.resolve(transport)),
  },
  cloudProviders: { get: () => Promise.reject(new TypeError('no mailbox is opened by an application here')) },
  cloudProviderOf: async (grantId) => {
    const row = await db
      .selectFrom('grants')
      .select('cloud_provider_id')
      .where('id', '=', grantId)
      .executeTakeFirstOrThrow()
    return row.cloud_provider_id
  },
  countsOf: () => Promise.resolve({ conversations: 3, messages: 7, notes: 1, drafts: 2, onLegalHold: 0 }),
  unsentOf: () => Promise.resolve(unsent),
  audit: { record: (_tx, { action, actor }) => Promise.resolve(void written.push(`${actor} ${action}`)) },
})
emailAccounts.onLeave((account) => Promise.resolve(void exchange.left.push(account.key)))

const ok: PreflightCheck[] = [
  { what: 'exists', outcome: 'ok' },
  { what: 'reads', outcome: 'ok' },
  { what: 'writes', outcome: 'ok' },
  { what: 'sends', outcome: 'not-tried' },
]

function folder(remoteId: string, role?: RemoteFolder['role']): RemoteFolder {
  return { remoteId, parentRemoteId: undefined, path: [remoteId], name: remoteId, role, totalCount: 3, unreadCount: 0 }
}

async function grant(cloudProviderId = newId<CloudProviderId>()): Promise<GrantId> {
  return (await storeGrant(database, clock, { cloudProviderId })).grantId
}

async function input(more: Partial<AssociateInput> = {}): Promise<AssociateInput> {
  Object.assign(exchange, {
    checks: ok,
    folders: [folder('in', 'inbox'), folder('out', 'sent'), folder('x')],
    error: undefined,
  })
  const key = `A${++keys}`
  return {
    name: 'Support',
    key,
    address: `${key}@contoso.example`,
    kind: 'user',
    contact: 'admin@contoso.example',
    grantId: more.grantId ?? (await grant()),
    ...more,
  }
}

async function moves(id: EmailAccountId): Promise<unknown[]> {
  const { events: all } = await events.list({ emailAccountIds: [id] })
  return all.flatMap((event) => (event.kind === 'email_account.state_changed' ? event.payload.to : []))
}

describe('an email account', () => {
  it('is created with its check results, imports thirty days of mail and starts at once', async () => {
    const account = await emailAccounts.associate(await input({ key: 'sup' }), 'anna')

    expect(account).toMatchObject({
      key: 'SUP',
      state: 'connecting',
      importFrom: new Date('2025-12-02T00:00:00Z'),
      dueAt: clock.now(),
      preflight: { checkedAt: clock.now(), checks: ok },
    })
    expect(written).toContain('anna email_account.associated')
  })

  it.each<[PreflightCheck['what'], ErrorCode, string]>([
    ['exists', 'transports.mailbox_not_found', 'needs-admin'],
    ['reads', 'transports.sign_in_challenged', 'needs-sign-in'],
    ['reads', 'transports.unavailable', 'degraded'],
    ['sends', 'transports.send_as_denied', 'connecting'],
  ])('is created even when the check "%s" fails (%s), and its state is then %s', async (what, code, state) => {
    const wanted = await input()
    exchange.checks = ok.map((check) =>
      check.what === what ? { what, outcome: 'wrong', code, fix: 'Fix it.' } : check,
    )
    const account = await emailAccounts.associate(wanted, 'anna')
    expect(account.state).toBe(state)
    expect(account.preflight?.checks.find((check) => check.what === what)).toMatchObject({ code, fix: 'Fix it.' })
  })

  it('reports an ended grant in the checks before it is created', async () => {
    const wanted = await input()
    exchange.error = 'tokens.grant_ended'
    const { checks } = await emailAccounts.preflight(wanted)
    expect(checks[0]).toMatchObject({ what: 'exists', outcome: 'wrong', code: 'tokens.grant_ended' })
    expect(checks.slice(1).every(({ outcome }) => outcome === 'not-tried')).toBe(true)
  })

  it('requires a unique key and a unique mailbox', async () => {
    const first = await input()
    await emailAccounts.associate(first, 'anna')
    const taken = await input({ key: first.key!.toLowerCase() })
    const again = await input({ address: first.address.toUpperCase(), grantId: first.grantId })

    await expect(emailAccounts.associate(taken, 'anna')).rejects.toMatchObject({ code: 'email_accounts.key_taken' })
    await expect(emailAccounts.associate(again, 'anna')).rejects.toMatchObject({ code: 'email_accounts.address_taken' })
    for (const key of ['', 'TOOLONG', 'A B', 'Ä']) {
      const malformed = emailAccounts.associate(await input({ key }), 'anna')
      await expect(malformed).rejects.toMatchObject({ code: 'email_accounts.key_malformed' })
    }
  })

  it('reads the chosen folders and refuses missing ones', async () => {
    const unknown = emailAccounts.associate(await input({ folderRemoteIds: ['in', 'nowhere'] }), 'anna')
    await expect(unknown).rejects.toMatchObject({ code: 'email_accounts.no_such_folder' })

    const { id } = await emailAccounts.associate(await input({ folderRemoteIds: ['in', 'x'] }), 'anna')
    const chosen = async () => (await emailAccounts.folderChoices(id)).filter((each) => each.synced)
    expect((await chosen()).map(({ remoteId }) => remoteId)).toEqual(['in', 'x'])
    await emailAccounts.chooseFolders(id, ['out'], 'anna')
    expect((await chosen()).map(({ remoteId }) => remoteId)).toEqual(['out'])
    await expect(emailAccounts.chooseFolders(id, [], 'anna')).rejects.toMatchObject({
      code: 'email_accounts.no_folder_chosen',
    })
  })

  it('refuses a folder for sent mail when it uses Microsoft Graph', async () => {
    const { id } = await emailAccounts.associate(await input(), 'anna')

    await expect(emailAccounts.update(id, { sentFolderRemoteId: 'x' }, 'anna')).rejects.toMatchObject({
      code: 'email_accounts.sent_folder_known',
      field: 'sentFolderRemoteId',
    })
  })

  it('updates the chosen folder for sent mail when the folder is renamed', async () => {
    const { id } = await emailAccounts.associate(await input({ folderRemoteIds: ['in', 'x'] }), 'anna')
    await db.updateTable('email_accounts').set({ sent_folder: 'x' }).where('id', '=', id).execute()
    const folder = (await emailAccounts.folders(id)).find(({ remoteId }) => remoteId === 'x')!
    const renamed = { ...exchange.folders[0]!, remoteId: 'y', path: ['Y'], name: 'Y', role: undefined }

    await database.transaction((tx) => emailAccounts.followFolder(tx, folder, renamed))

    expect(await emailAccounts.get(id)).toMatchObject({ sentFolderRemoteId: 'y' })
    const read = (await emailAccounts.folders(id)).filter(({ synced }) => synced)
    expect(read.map(({ remoteId }) => remoteId).sort()).toEqual(['in', 'y'])
  })

  it('keeps each folder, read or not, when its protocol is switched, and forgets those without a counterpart', async () => {
    const { id } = await emailAccounts.associate(await input(), 'anna')
    const stored = async () =>
      new Map(
        (await emailAccounts.folders(id)).map(({ id: folderId, remoteId, synced }) => [remoteId, { folderId, synced }]),
      )
    const asNamed = (remoteId: string, name: string, role?: RemoteFolder['role']) => ({
      ...folder(remoteId, role),
      path: [name],
    })
    const byGraph = [asNamed('in', 'Inbox', 'inbox'), asNamed('bin', 'Deleted Items', 'trash'), asNamed('d', 'Done')]
    await database.transaction((tx) => emailAccounts.takeOverFolders(tx, id, [...byGraph, asNamed('o', 'Outbox')]))
    const before = await stored()

    exchange.folders = [asNamed('INBOX', 'INBOX', 'inbox'), asNamed('Trash', 'Trash', 'trash'), asNamed('Done', 'Done')]
    await emailAccounts.update(id, { receivesBy: 'imap' }, 'anna')

    const after = await stored()
    expect(Object.fromEntries(after)).toEqual({
      INBOX: before.get('in'),
      Trash: before.get('bin'),
      Done: before.get('d'),
    })
  })

  it('reads Inbox and Sent Items by default', async () => {
    const { id } = await emailAccounts.associate(await input(), 'anna')
    await database.transaction((tx) => emailAccounts.takeOverFolders(tx, id, exchange.folders))
    const read = (await emailAccounts.folders(id)).filter(({ synced }) => synced)
    expect(read.map(({ role }) => role)).toEqual(['inbox', 'sent'])
  })

  it('reads its folders from the start only when more mail is to be imported', async () => {
    const { id } = await emailAccounts.associate(await input(), 'anna')
    await database.transaction((tx) => emailAccounts.takeOverFolders(tx, id, exchange.folders))
    const states = () =>
      db
        .selectFrom('folders')
        .innerJoin('folder_sync_states', 'folder_id', 'folders.id')
        .where('email_account_id', '=', id)
    const withCursor = async () => {
      const rows = await states().select('cursor').execute()
      return rows.filter(({ cursor }) => cursor !== null).length
    }
    const ids = (await states().select('folder_id').execute()).map(({ folder_id }) => folder_id)
    await db
      .updateTable('folder_sync_states')
      .set({ cursor: '{}', imported: true })
      .where('folder_id', 'in', ids)
      .execute()

    await emailAccounts.update(id, { importDays: 7 }, 'anna')
    expect(await withCursor()).toBe(3)
    await emailAccounts.update(id, { importDays: 90 }, 'anna')
    expect(await withCursor()).toBe(0)
    expect((await emailAccounts.get(id)).importFrom).toEqual(new Date('2025-10-03T00:00:00Z'))
  })

  it('records each change of its state once, with time and reason', async () => {
    const { id } = await emailAccounts.associate(await input(), 'anna')
    const signal = (...args: [Parameters<typeof emailAccounts.signal>[2], ErrorCode?]) =>
      database.transaction((tx) =>
        emailAccounts.signal(tx, id, args[0], args[1] ? { error: new AppError(args[1]) } : {}),
      )
    await signal('up-to-date')
    await signal('failed-wait', 'transports.throttled')
    clock.advance(1000)
    await signal('failed-wait', 'transports.throttled')
    const degraded = await emailAccounts.get(id)
    await signal('failed-sign-in', 'tokens.grant_ended')
    await signal('failed-wait', 'transports.throttled')

    expect(degraded).toMatchObject({ attempts: 2, reason: { code: 'transports.throttled', remedy: 'wait' } })
    expect(degraded.stateSince.getTime()).toBe(clock.now().getTime() - 1000)
    expect(await moves(id)).toEqual(['connected', 'degraded', 'needs-sign-in'])
    expect((await emailAccounts.get(id)).reason?.code).toBe('tokens.grant_ended')
  })

  it('is retried at once after a new sign-in, unless it is paused', async () => {
    const grantId = await grant()
    const ended = await emailAccounts.associate(await input({ grantId }), 'anna')
    const paused = await emailAccounts.associate(await input({ grantId }), 'anna')
    await database.transaction((tx) =>
      emailAccounts.signal(tx, ended.id, 'failed-sign-in', { error: new AppError('tokens.grant_ended') }),
    )
    await emailAccounts.pause(paused.id, 'anna')

    await database.transaction((tx) => emailAccounts.grantRenewed(tx, grantId))

    expect(await emailAccounts.get(ended.id)).toMatchObject({ state: 'connecting', reason: undefined })
    expect((await emailAccounts.get(paused.id)).state).toBe('paused')
  })

  it('shows no outdated failed check after a new sign-in', async () => {
    const grantId = await grant()
    const { id } = await emailAccounts.associate(await input({ grantId }), 'anna')
    const outcomes = async () => (await emailAccounts.get(id)).preflight!.checks.map(({ outcome }) => outcome)
    exchange.error = 'tokens.grant_ended'
    await emailAccounts.checkAgain(id)
    expect(await outcomes()).toContain('wrong')

    exchange.error = undefined
    await database.transaction((tx) => emailAccounts.grantRenewed(tx, grantId))
    await emailAccounts.checkDue()

    expect(await outcomes()).not.toContain('wrong')
    expect((await emailAccounts.get(id)).state).toBe('connecting')
  })

  it('keeps the result of a test mail', async () => {
    const { id } = await emailAccounts.associate(await input(), 'anna')
    const sends = async () => (await emailAccounts.get(id)).preflight?.checks.find(({ what }) => what === 'sends')
    expect((await sends())?.outcome).toBe('not-tried')

    await emailAccounts.recordSendTest(id, new AppError('transports.send_as_denied'))
    await emailAccounts.checkAgain(id)
    expect(await sends()).toMatchObject({ outcome: 'wrong', code: 'transports.send_as_denied' })

    await emailAccounts.recordSendTest(id, undefined)
    expect(await sends()).toEqual({ what: 'sends', outcome: 'ok' })
  })

  it('notifies the leave hooks when it is disconnected, and can be resumed', async () => {
    const { id, key } = await emailAccounts.associate(await input(), 'anna')
    await emailAccounts.disconnect(id, 'anna')

    expect(exchange.left).toContain(key)
    expect(await emailAccounts.get(id)).toMatchObject({
      state: 'paused',
      reason: { code: 'email_accounts.disconnected' },
    })
    await expect(emailAccounts.transportOf(await emailAccounts.get(id))).rejects.toMatchObject({
      code: 'email_accounts.disconnected',
    })
    expect((await emailAccounts.resume(id, 'anna')).state).toBe('connecting')
  })

  it('reports the data to be deleted before its removal, and can be removed even when its server fails', async () => {
    const { id } = await emailAccounts.associate(await input(), 'anna')
    expect(await emailAccounts.whatRemovalTakes(id)).toMatchObject({ messages: 7, conversations: 3 })
    exchange.error = 'tokens.grant_ended'

    expect(await emailAccounts.remove(id, 'anna')).toMatchObject({ messages: 7 })
    await expect(emailAccounts.get(id)).rejects.toMatchObject({ code: 'email_accounts.not_found' })
  })

  it("can't be removed, and calls no leave hooks, while mail is queued, but can with failed or unknown mail", async () => {
    exchange.error = undefined
    const { id, key } = await emailAccounts.associate(await input(), 'anna')
    unsent = { waiting: 2, unknown: 1, failed: 3 }
    expect(await emailAccounts.whatRemovalTakes(id)).toMatchObject({ messages: 7, waiting: 2, unknown: 1, failed: 3 })
    await expect(emailAccounts.remove(id, 'anna')).rejects.toMatchObject({
      code: 'email_accounts.mail_waits',
      detail: '2 messages wait to be sent.',
    })
    expect((await emailAccounts.get(id)).state).toBe('connecting')
    expect(exchange.left).not.toContain(key)

    unsent = { waiting: 0, unknown: 1, failed: 3 }
    expect(await emailAccounts.remove(id, 'anna')).toMatchObject({ unknown: 1, failed: 3 })
  })

  it("can't be removed when mail is accepted for it at the same time", async () => {
    unsent = { waiting: 0, unknown: 0, failed: 0 }
    const { id } = await emailAccounts.associate(await input(), 'anna')
    const isWaited = async () => {
      const { rows } = await sql`SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db)
      return rows.length > 0
    }
    const begun = Promise.withResolvers<Promise<unknown>>()
    await database.transaction(async (tx) => {
      // Inserts a row that references the account, as accepting a message does.
      await tx
        .insertInto('folders')
        .values({ id: newId<FolderId>(), email_account_id: id, remote_id: 'x', name: 'X', role: null, synced: false })
        .execute()
      const removing = emailAccounts.remove(id, 'anna')
      removing.catch(() => undefined)
      begun.resolve(Promise.allSettled([removing]))
      await vi.waitUntil(isWaited, WAIT)
      unsent = { ...unsent, waiting: 1 }
    })
    expect(await begun.promise).toMatchObject([{ reason: { code: 'email_accounts.mail_waits' } }])
    unsent = { ...unsent, waiting: 0 }
  })
})
