/** Moves into Junk and Deleted Items by other programs, and the places of their conversations. */
import { describe, expect, it } from 'vitest'
import { createMailStage, SUPPORT } from '../../../test/conversations/mail-stage.ts'
import { storeFolder } from '../../../test/kit/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { FilingAccount } from '../index.ts'

const { database, events, conversations, newAccount, mail, file } = await createMailStage()
const { team, reading, outgoing, filing } = conversations
const BEN = 'person:ben'

/** A mailbox that reads all folders but Deleted Items. */
async function accountWithTrash(): Promise<FilingAccount> {
  const account = await newAccount()
  const folder = { emailAccountId: account.id, synced: false }
  await storeFolder(database, { ...folder, remoteId: 'trash', name: 'Deleted Items', role: 'trash' })
  await storeFolder(database, { ...folder, remoteId: 'own', name: 'Own' })
  return account
}

/** A received message, and moves of it by another program. */
async function received(account: FilingAccount, more: Partial<RemoteMessage> = {}) {
  const message = mail(more)
  const { conversationId, messageId } = await file(account, message)
  let at = message.folderRemoteId
  const leave = (from: string) => database.transaction((tx) => filing.removeFromFolder(tx, account, from, message.remoteId)) // prettier-ignore
  const meetIn = async (folderRemoteId: string, flags = message.flags) => {
    await file(account, { ...message, folderRemoteId, flags })
    at = folderRemoteId
  }
  return {
    ...{ message, conversationId, messageId, meetIn },
    moveTo: async (to: string) => {
      const from = at
      const found = { ...message, folderRemoteId: to }
      if (['trash', 'own'].includes(to)) {
        await leave(from)
        await database.transaction((tx) => filing.confirmPresence(tx, account, messageId, found))
      } else {
        await meetIn(to)
        if (!['trash', 'own'].includes(from)) await leave(from)
      }
      at = to
    },
    deleteForGood: async () => {
      await leave(at)
      await database.transaction((tx) => filing.confirmPresence(tx, account, messageId, undefined))
    },
    reply: (reply: Partial<RemoteMessage> = {}) =>
      received(account, { inReplyTo: [message.messageId!], references: [message.messageId!], ...reply }),
  }
}

const placeOf = async (id: ConversationId) => (await reading.find(id))!.place
async function placements(id: ConversationId): Promise<(string | undefined)[][]> {
  const { events: all } = await events.list({ emailAccountIds: 'all', subjectId: id })
  const kinds = ['spam_marked', 'spam_unmarked', 'deleted', 'restored'].map((kind) => `conversation.${kind}`)
  return all.flatMap(({ kind, payload }) =>
    kinds.includes(kind) ? [[kind.replace('conversation.', ''), (payload as { by?: string }).by]] : [],
  )
}

describe('a conversation', () => {
  it.each([
    ['junk', 'spam', ['spam_marked', 'spam_unmarked']],
    ['trash', 'deleted', ['deleted', 'restored']],
  ])('follows its message to %s and back', async (folder, place, kinds) => {
    const { conversationId: id, moveTo } = await received(await accountWithTrash())
    await team.close(id, BEN)
    await moveTo(folder)
    expect(await reading.find(id)).toMatchObject({ place, status: 'closed' })
    await moveTo('inbox')
    expect(await reading.find(id)).toMatchObject({ place: 'inbox', status: 'closed' })
    expect(await placements(id)).toEqual(kinds.map((kind) => [kind, 'mailbox']))
  })

  it('goes with its last received message, where that one goes', async () => {
    const account = await accountWithTrash()
    const first = await received(account)
    const id = first.conversationId
    const [second, third, fourth] = [await first.reply(), await first.reply(), await first.reply()]
    await file(account, mail({ inReplyTo: [first.message.messageId!], from: SUPPORT, folderRemoteId: 'sent' }))
    await first.moveTo('trash')
    await second.deleteForGood()
    await third.moveTo('own')
    await fourth.moveTo('junk')
    expect(await placeOf(id)).toBe('inbox')
    await third.moveTo('inbox')
    await third.moveTo('trash')
    expect(await placeOf(id)).toBe('deleted')
    await first.moveTo('inbox')
    expect(await placeOf(id)).toBe('inbox')
  })

  it('goes from Spam to Deleted', async () => {
    const { conversationId: id, moveTo } = await received(await accountWithTrash(), { folderRemoteId: 'junk' })
    expect(await placeOf(id)).toBe('spam')
    await moveTo('trash')
    expect(await placeOf(id)).toBe('deleted')
    await moveTo('junk')
    expect(await placeOf(id)).toBe('spam')
  })

  it.each(['spam', 'deleted'] as const)('stays where a person put it: %s', async (place) => {
    const { conversationId: id, moveTo } = await received(await accountWithTrash())
    await team.setPlace(id, place, BEN)
    for (const folder of ['junk', 'trash', 'inbox', 'trash']) await moveTo(folder)
    expect(await placeOf(id)).toBe(place)
    expect(await placements(id)).toHaveLength(1)
  })

  it('stays in the inbox when a person restored it, whatever is reported of its message there', async () => {
    const { conversationId: id, moveTo, meetIn } = await received(await accountWithTrash())
    await moveTo('junk')
    await team.setPlace(id, 'inbox', BEN)
    await meetIn('junk', ['flagged'])
    expect(await placeOf(id)).toBe('inbox')
  })

  it.each(['junk', 'trash'])(
    'returns from %s with new mail, and not with a message that is there too',
    async (folder) => {
      const account = await accountWithTrash()
      const first = await received(account)
      const id = first.conversationId
      await first.moveTo(folder)
      const place = await placeOf(id)
      await first.reply({ folderRemoteId: 'junk', headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }] })
      expect(await placeOf(id)).toBe(place)
      await first.reply({ headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }] })
      expect(await placeOf(id)).toBe('inbox')
    },
  )

  it.each(['junk', 'trash'])('returns to %s when the answer that brought it back is canceled', async (folder) => {
    const account = await accountWithTrash()
    const { conversationId: id, moveTo } = await received(account)
    await moveTo(folder)
    const place = await placeOf(id)
    const answer = { author: 'ben', emailAccountId: account.id, assigns: false }
    const effect = await database.transaction((tx) => outgoing.recordAnswer(tx, id, answer))
    expect(await placeOf(id)).toBe('inbox')
    await database.transaction((tx) => outgoing.revertAnswer(tx, id, effect!, 'ben'))
    expect(await placeOf(id)).toBe(place)
    await moveTo('inbox')
    expect(await placeOf(id)).toBe('inbox')
  })

  it('stays when another program deletes what the team sent', async () => {
    const sent = await received(await accountWithTrash(), { from: SUPPORT, folderRemoteId: 'sent' })
    await sent.moveTo('trash')
    expect(await placeOf(sent.conversationId)).toBe('inbox')
  })

  it('does not move with mail deleted for good, or moved between other folders', async () => {
    const account = await accountWithTrash()
    const [one, other] = [await received(account), await received(account)]
    await one.deleteForGood()
    await other.moveTo('own')
    expect([await placeOf(one.conversationId), await placeOf(other.conversationId)]).toEqual(['inbox', 'inbox'])
  })
})
