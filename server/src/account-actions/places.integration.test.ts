/** Wanted folders of messages that other programs move as well, in a mailbox that holds only folders of messages. */
import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  storeFolder,
  testDatabase,
  WAIT,
} from '../../test/kit/index.ts'
import type { ConversationPlace, FilingAccount } from '../conversations/index.ts'
import type { ConversationId } from '../kernel/ids.ts'
import type { RemoteMessage } from '../mail/index.ts'
import type { MailTransport, MessageChanges } from '../transports/index.ts'
import { isOwnMark } from './own-marks.ts'
import { lockWanted } from './wanted-states.ts'

const ANNA = { id: 'anna', since: new Date(0) }
const database = await testDatabase()
const clock = createTestClock()
/** Folder of each message on the server, by id. */
const folderOf = new Map<string, string>()
/** Happens after messages have moved on the server, before Postkey stores that. */
let meanwhile: () => Promise<unknown> = () => Promise.resolve()
const changing: MessageChanges = {
  markSeen: (remoteIds) => Promise.resolve({ outcomes: new Map(remoteIds.map((id) => [id, { kind: 'done', remoteId: id }])) }), // prettier-ignore
  async move(remoteIds, { from, to }) {
    const move = (remoteId: string) => {
      if (folderOf.get(remoteId) !== from) return { kind: 'elsewhere' } as const
      folderOf.set(remoteId, to)
      return { kind: 'done', remoteId } as const
    }
    const outcomes = new Map(remoteIds.map((id) => [id, move(id)]))
    const happens = meanwhile
    meanwhile = () => Promise.resolve()
    await happens()
    return { outcomes }
  },
}
const reading = { owns: () => true, changing } as unknown as MailTransport['reading']
const { rooms, actionsService } = await createTestApp(database, clock, {
  transports: (composed) => ({
    ...composed,
    open: () => Promise.resolve({ reading } as MailTransport),
    canChange: () => Promise.resolve(true),
  }),
})
const { conversations, accountActions, people } = rooms
const act = () => actionsService.catchUp()

let mails = 0

/** A mailbox with all actions on. Deleted Items is not synchronized. */
async function newAccount() {
  const { id } = await storeEmailAccount(database, clock)
  const account: FilingAccount = { id, address: 'support@contoso.example', createdAt: clock.now() }
  const folder = (name: string, role?: string, synced = true) =>
    storeFolder(database, {
      emailAccountId: id,
      remoteId: name,
      name,
      ...(role !== undefined && { role }),
      synced,
    })
  await folder('inbox', 'inbox')
  await folder('junk', 'junk')
  await folder('trash', 'trash', false)
  await folder('Second')
  const closed = await folder('First')
  await database.db
    .insertInto('account_action_settings')
    .values({
      ...{ email_account_id: id, marks_read: true, moves_closed: true, closed_folder_id: closed },
      ...{ moves_spam: true, moves_deleted: true },
    })
    .execute()
  return { id, account, closed }
}

async function file(account: FilingAccount, message: RemoteMessage) {
  folderOf.set(message.remoteId, message.folderRemoteId)
  return (await database.transaction((tx) => conversations.filing.file(tx, account, message)))!
}

/** A message in a mailbox, and what agents and other programs do with it. */
async function received(
  box: Awaited<ReturnType<typeof newAccount>>,
  folderRemoteId = 'inbox',
  more: Partial<RemoteMessage> = {},
) {
  const { account } = box
  const message = customerMessage(clock, ++mails, { folderRemoteId, receivedAt: clock.now(), ...more })
  const { messageId, conversationId } = await file(account, message)
  /** Sync reads where the message is now, after it has left a folder. */
  async function sync(left: string): Promise<void> {
    const { filing } = conversations
    const now = { ...message, folderRemoteId: folderOf.get(message.remoteId)! }
    if (now.folderRemoteId !== 'trash') await file(account, now)
    await database.transaction((tx) => filing.removeFromFolder(tx, account, left, message.remoteId))
    await database.transaction((tx) => filing.confirmPresence(tx, account, messageId, now))
  }
  return {
    messageId,
    conversationId,
    folder: () => folderOf.get(message.remoteId),
    /** Another program moves it, and sync reads this. */
    drag: async (to: string) => {
      const from = folderOf.get(message.remoteId)!
      folderOf.set(message.remoteId, to)
      await sync(from)
    },
    sync,
    place: async () => (await conversations.reading.find(conversationId))!.place,
    /** Changes of place with their authors. */
    placements: async () => {
      const { events } = await rooms.events.list({ emailAccountIds: 'all', subjectId: conversationId })
      return events.flatMap(({ kind, payload }) =>
        /spam|deleted|restored/.test(kind) ? [[kind, (payload as { by?: string }).by]] : [],
      )
    },
    reply: async () => {
      clock.advance(60_000)
      const { remoteConversationId, messageId: root } = message
      const more = { remoteConversationId, references: [root!], inReplyTo: [root!] }
      const { drag } = await received(box, 'inbox', more)
      expect((await conversations.reading.find(conversationId))!.status).toBe('open')
      return { drag }
    },
  }
}

const close = (id: ConversationId, by = 'person:anna') => conversations.team.close(id, by)
const reopen = (id: ConversationId) => conversations.team.reopen(id, 'person:anna')
async function chooseFolder({ id }: { id: FilingAccount['id'] }, folder: string): Promise<void> {
  await sql`UPDATE account_action_settings SET closed_folder_id = folders.id, held_until = NULL FROM folders
    WHERE folders.email_account_id = ${id} AND account_action_settings.email_account_id = ${id}
      AND name = ${folder}`.execute(database.db)
}

describe('a message', () => {
  it('leaves Junk after “Not spam”, although it has been read before', async () => {
    const { conversationId, folder } = await received(await newAccount(), 'junk')
    await conversations.reads.markSeen(conversationId, ANNA)
    await act()
    await conversations.team.setPlace(conversationId, 'inbox', 'person:anna')
    await act()
    expect(folder()).toBe('inbox')
  })

  it('moves again after another program has moved it back', async () => {
    const { conversationId, folder, drag, reply } = await received(await newAccount())
    await close(conversationId)
    await act()
    expect(folder()).toBe('First')
    await drag('inbox')
    await reply()
    await close(conversationId)
    await act()
    expect(folder()).toBe('First')
    await reopen(conversationId)
    await act()
    expect(folder()).toBe('inbox')
  })

  it('returns to the inbox although the folder for closed conversations has changed meanwhile', async () => {
    const box = await newAccount()
    const { conversationId, folder, reply } = await received(box)
    await close(conversationId)
    await act()
    await chooseFolder(box, 'Second')
    await reply()
    await close(conversationId)
    await act()
    expect(folder()).toBe('Second')
    await reopen(conversationId)
    await act()
    expect(folder()).toBe('inbox')
  })

  it('stays in its folder when its conversation is closed again after a switch-off', async () => {
    const box = await newAccount()
    const { conversationId, folder, reply } = await received(box)
    await close(conversationId)
    await act()
    await sql`UPDATE account_action_settings SET moves_closed = false WHERE email_account_id = ${box.id}`.execute(
      database.db,
    )
    await reply()
    await close(conversationId)
    await act()
    expect(folder()).toBe('First')
  })

  it('waits, with the reason, while the folder for closed conversations is missing', async () => {
    const box = await newAccount()
    const { conversationId, folder } = await received(box)
    const read = await received(box)
    await database.db.deleteFrom('folders').where('id', '=', box.closed).execute()
    await conversations.reads.markSeen(read.conversationId, ANNA)
    await close(conversationId)
    await act()
    const fault = { reason: { code: 'transports.target_folder_gone', remedy: 'admin' } }
    expect(await accountActions.settings(box.id)).toMatchObject({ waiting: 1, failed: 0, fault })
    expect(folder()).toBe('inbox')

    await chooseFolder(box, 'Second')
    // The pause of the message.
    clock.advance(5 * 60_000)
    await act()
    expect(folder()).toBe('Second')
    expect(await accountActions.settings(box.id)).toMatchObject({ waiting: 0, fault: undefined })
  })
})

describe('a conversation and its message on the server', () => {
  /** While the mailbox is held, actions are wanted, and none begins. */
  async function whileHeld({ id }: { id: FilingAccount['id'] }, happens: () => Promise<void>): Promise<void> {
    const hold = (until: Date | null) =>
      sql`UPDATE account_action_settings SET held_until = ${until} WHERE email_account_id = ${id}`.execute(database.db)
    await hold(new Date(clock.now().getTime() + 60_000))
    await happens()
    await hold(null)
  }
  const mark = (id: ConversationId, place: ConversationPlace) => conversations.team.setPlace(id, place, 'person:anna')

  it.each([
    ['spam', 'junk'],
    ['deleted', 'trash'],
  ] as const)('agree when a person reverts “%s” while Postkey moves the message', async (place, target) => {
    const { conversationId: id, ...it } = await received(await newAccount())
    await mark(id, place)
    const reported: unknown[] = []
    meanwhile = async () => {
      await mark(id, 'inbox')
      // The server reports the move before Postkey has stored it.
      await it.sync('inbox')
      reported.push(it.folder(), await it.place())
    }
    await act()
    expect(reported).toEqual([target, 'inbox'])
    await act()
    expect([it.folder(), await it.place()]).toEqual(['inbox', 'inbox'])
    await it.sync(target)
    expect(await it.place()).toBe('inbox')
    expect((await it.placements()).map(([, by]) => by)).toEqual(['person:anna', 'person:anna'])
  })

  it('agree when another program deletes the message while its conversation is closed', async () => {
    const box = await newAccount()
    const { conversationId: id, ...it } = await received(box)
    await close(id)
    await whileHeld(box, async () => {
      await act()
      await it.drag('trash')
      expect(await it.place()).toBe('inbox')
    })
    await act()
    expect([it.folder(), await it.place()]).toEqual(['trash', 'deleted'])
    expect(await it.placements()).toEqual([['conversation.deleted', 'mailbox']])
  })

  it('agree when another program deletes the message that Postkey has moved for a closed conversation', async () => {
    const { conversationId: id, ...it } = await received(await newAccount())
    await close(id)
    await act()
    await it.drag('trash')
    await act()
    expect([it.folder(), await it.place()]).toEqual(['trash', 'deleted'])
  })

  it.each([
    ['deleted', 'trash'],
    ['spam', 'junk'],
  ])('return to the inbox when a person restores what another program has %s', async (place, folder) => {
    const { conversationId: id, ...it } = await received(await newAccount())
    await it.drag(folder)
    await act()
    expect([it.folder(), await it.place()]).toEqual([folder, place])
    await mark(id, 'inbox')
    await act()
    await it.sync(folder)
    expect([it.folder(), await it.place()]).toEqual(['inbox', 'inbox'])
    expect((await it.placements()).map(([, by]) => by)).toEqual(['mailbox', 'person:anna'])
  })

  it('agree when another program deletes a reply to what Postkey has deleted', async () => {
    const { conversationId: id, ...it } = await received(await newAccount())
    await mark(id, 'deleted')
    await act()
    const { drag } = await it.reply()
    expect(await it.place()).toBe('inbox')
    await drag('trash')
    expect(await it.place()).toBe('deleted')
  })

  it('stay apart when a person has restored it and another program deletes the message at that moment', async () => {
    const box = await newAccount()
    const { conversationId: id, ...it } = await received(box)
    await mark(id, 'spam')
    await act()
    await mark(id, 'inbox')
    await whileHeld(box, async () => {
      await act()
      await it.drag('trash')
    })
    await act()
    expect([it.folder(), await it.place()]).toEqual(['trash', 'inbox'])
  })
})

it('the audit names the person of each effect', async () => {
  const { conversationId } = await received(await newAccount())
  await close(conversationId, 'person:anna')
  await conversations.reads.markSeen(conversationId, { id: 'boris', since: new Date(0) })
  await act()
  const entries = await people.audit.list({ limit: 2 })
  expect(entries.map(({ actor, detail }) => [actor, detail.effect]).sort()).toEqual([
    ['person:anna', 'move'],
    ['person:boris', 'mark-read'],
  ])
})

describe('locks of wanted states', () => {
  /** Rows of two messages of one conversation each; the one with the higher id is first in the table. */
  async function rows() {
    const box = await newAccount()
    const both = [await received(box), await received(box)].sort((a, b) => (a.messageId < b.messageId ? 1 : -1))
    for (const { messageId } of both) {
      await sql`INSERT INTO account_actions (message_id, email_account_id, wants_seen, seen_written, changed_at)
        VALUES (${messageId}, ${box.id}, true, true, ${clock.now()})`.execute(database.db)
    }
    return { higher: both[0]!, lower: both[1]! }
  }
  async function isAnyWaiting(): Promise<boolean> {
    const { rows } = await sql`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(database.db)
    return rows.length > 0
  }

  it('are taken in the order of ids', async () => {
    const { higher, lower } = await rows()
    const waiting = Promise.withResolvers<Promise<void>>()
    await database.transaction(async (holder) => {
      await sql`SELECT FROM account_actions WHERE message_id = ${lower.messageId} FOR UPDATE`.execute(holder)
      const ids = [higher.conversationId, lower.conversationId]
      waiting.resolve(database.transaction((tx) => lockWanted(tx, ids)))
      await vi.waitUntil(isAnyWaiting, WAIT)
      const { rows: free } = await sql`SELECT FROM account_actions WHERE message_id = ${higher.messageId}
        FOR UPDATE SKIP LOCKED`.execute(holder)
      expect(free).toHaveLength(1)
    })
    await waiting.promise
  })

  it('do not delay filing: a mark of another program passes a locked row', async () => {
    const { lower } = await rows()
    await database.transaction(async (holder) => {
      await sql`SELECT FROM account_actions WHERE message_id = ${lower.messageId} FOR UPDATE`.execute(holder)
      const isOwn = await database.transaction(async (tx) => {
        await sql`SET LOCAL lock_timeout = '300ms'`.execute(tx)
        return isOwnMark(tx, lower.messageId, false)
      })
      expect(isOwn).toBe(false)
    })
  })
})

describe('a message of a conversation that moved to another mailbox', () => {
  async function moveTo(id: ConversationId, to: FilingAccount['id']) {
    const { emailAccountId: from } = (await conversations.reading.find(id))!
    return conversations.team.moveToAccount(id, { from, to, agentIds: [], actor: 'person:anna' })
  }

  it('is read and moved in its own mailbox by the settings of that mailbox', async () => {
    const { id: target } = await storeEmailAccount(database, clock)
    const { conversationId, messageId, folder } = await received(await newAccount())
    await moveTo(conversationId, target)
    await close(conversationId)
    await act()
    expect(folder()).toBe('First')
    const wanted = await database.db
      .selectFrom('account_actions')
      .selectAll()
      .where('message_id', '=', messageId)
      .executeTakeFirst()
    expect(wanted).toMatchObject({ seen_written: true })
    await reopen(conversationId)
    await act()
    expect(folder()).toBe('inbox')
  })

  it('stays where it is without settings of its own mailbox, whatever the new one has', async () => {
    const box = await newAccount()
    const target = await newAccount()
    const { conversationId, folder } = await received(box)
    await database.db.deleteFrom('account_action_settings').where('email_account_id', '=', box.id).execute()
    await moveTo(conversationId, target.id)
    await close(conversationId)
    await act()
    expect(folder()).toBe('inbox')
  })
})
