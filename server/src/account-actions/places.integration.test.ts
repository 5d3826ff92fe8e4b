/** Wanted folders of messages that other programs move as well. */
import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { createFoldersStage } from '../../test/account-actions/folders-stage.ts'
import { storeEmailAccount, WAIT } from '../../test/kit/index.ts'
import type { FilingAccount } from '../conversations/index.ts'
import type { ConversationId } from '../kernel/ids.ts'
import { createIntake } from './intake.ts'
import { isOwnMark } from './own-marks.ts'
import { lockWanted } from './wanted-states.ts'

const ANNA = { id: 'anna', since: new Date(0) }
const stage = await createFoldersStage()
const { database, clock, rooms, server, act, newAccount, received } = stage
const { close, reopen, mark, switchOff, chooseFolder, whileHeld } = stage
const { conversations, accountActions, people } = rooms

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
    await switchOff(box.id)
    await reply()
    await close(conversationId)
    await act()
    expect(folder()).toBe('First')
  })

  it('moves from the folder into which a person has filed it since, and back to it', async () => {
    const { conversationId, folder, drag } = await received(await newAccount())
    await close(conversationId)
    await act()
    await reopen(conversationId)
    await act()
    expect(folder()).toBe('inbox')
    await drag('Second')
    await close(conversationId)
    await act()
    expect(folder()).toBe('First')
    await reopen(conversationId)
    await act()
    expect(folder()).toBe('Second')
  })

  it('moves from the folder of the last move although a late page reports the one before', async () => {
    const { conversationId, folder, readLate } = await received(await newAccount())
    await close(conversationId)
    await act()
    await readLate('inbox')
    await mark(conversationId, 'spam')
    await act()
    expect(folder()).toBe('junk')
  })

  it('stays where a person has filed it while its move was pending, whatever its conversation becomes', async () => {
    const box = await newAccount()
    const { conversationId, folder, drag } = await received(box)
    await close(conversationId)
    await whileHeld(box, async () => {
      await act()
      await drag('Second')
      await mark(conversationId, 'spam')
    })
    await act()
    expect(folder()).toBe('Second')
  })

  it.each([
    ['spam', 'junk'],
    ['deleted', 'trash'],
  ] as const)(
    'moves from the inbox to the folder of %s after changes that were not tried meanwhile',
    async (place, target) => {
      const box = await newAccount()
      const { conversationId, folder } = await received(box)
      await whileHeld(box, async () => {
        await close(conversationId)
        await act()
        await reopen(conversationId)
        await act()
        await mark(conversationId, place)
        await act()
      })
      await act()
      expect(folder()).toBe(target)
      await mark(conversationId, 'inbox')
      await act()
      expect(folder()).toBe('inbox')
    },
  )

  it('returns although the server was killed after the move, and the conversation changed before the next attempt', async () => {
    const { conversationId, folder } = await received(await newAccount())
    const killed = async () => {
      server.meanwhile = () => Promise.reject(new Error('killed'))
      await act()
      clock.advance(60 * 60_000)
    }
    await close(conversationId)
    await killed()
    expect(folder()).toBe('First')
    await reopen(conversationId)
    await killed()
    expect(folder()).toBe('inbox')
    await close(conversationId)
    await act()
    expect(folder()).toBe('First')
    await reopen(conversationId)
    await act()
    expect(folder()).toBe('inbox')
  })

  it('stays in Junk when its conversation is closed again because of another message', async () => {
    const { conversationId, folder, drag, reply } = await received(await newAccount())
    await close(conversationId)
    await act()
    await reopen(conversationId)
    await act()
    await reply()
    await drag('junk')
    await close(conversationId)
    await act()
    expect(folder()).toBe('junk')
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

  it('changes although another mailbox of its conversation has too many waiting actions', async () => {
    const [full, target] = [await newAccount(), await newAccount()]
    const former = await received(full)
    await moveTo(former.conversationId, target.id)
    const more = { references: [former.rootId], inReplyTo: [former.rootId] }
    const current = await received(target, 'inbox', more)
    const latest = await received(full, 'inbox', more)
    const { conversationId } = former
    expect([current.conversationId, latest.conversationId]).toEqual([conversationId, conversationId])
    await conversations.reads.markSeen(conversationId, ANNA)
    await act()
    const waiting = await received(full)
    await sql`INSERT INTO account_actions (message_id, email_account_id, wants_seen, seen_pending, due_at, changed_at)
      VALUES (${waiting.messageId}, ${full.id}, true, true, 'infinity', ${clock.now()})`.execute(database.db)
    const intake = createIntake({ ...{ database, clock, mostWaiting: 1 }, events: rooms.events, audit: people.audit })
    const before = await rowsOf(full)

    await conversations.reads.markUnread(conversationId, ANNA)
    await intake.processPage()
    await close(conversationId)
    await close(waiting.conversationId)
    await intake.processPage()
    expect(await rowsOf(full)).toEqual(before)
    await act()
    expect([former, current, latest, waiting].map(({ folder }) => folder())).toEqual([
      'inbox',
      'First',
      'inbox',
      'inbox',
    ])
    const leftOut = async ({ id }: { id: FilingAccount['id'] }) => (await accountActions.settings(id)).leftOut
    expect([await leftOut(full), await leftOut(target)]).toEqual([3, 0])
  })

  const rowsOf = ({ id }: { id: FilingAccount['id'] }) =>
    database.db
      .selectFrom('account_actions')
      .selectAll()
      .where('email_account_id', '=', id)
      .orderBy('message_id')
      .execute()
})
