/** Messages that other programs move to Junk and Deleted Items, and the places of their conversations. */
import { describe, expect, it } from 'vitest'
import { createFoldersStage } from '../../test/account-actions/folders-stage.ts'
import type { FilingAccount } from '../conversations/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { ConversationId } from '../kernel/ids.ts'

const { clock, act, newAccount, received, server, close, reopen, mark, switchOff, whileHeld } =
  await createFoldersStage()

describe('a conversation and its message on the server', () => {
  it.each([
    ['spam', 'junk'],
    ['deleted', 'trash'],
  ] as const)('agree when a person reverts “%s” while Postkey moves the message', async (place, target) => {
    const { conversationId: id, ...it } = await received(await newAccount())
    await mark(id, place)
    const reported: unknown[] = []
    server.meanwhile = async () => {
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

  it('agree when a person chooses “spam” while Postkey moves the message of a closed one', async () => {
    const { conversationId: id, ...it } = await received(await newAccount())
    await close(id)
    server.meanwhile = async () => {
      await it.sync('inbox')
      await mark(id, 'spam')
      await act()
    }
    await act()
    await act()
    expect([it.folder(), await it.place()]).toEqual(['junk', 'spam'])
    await mark(id, 'inbox')
    await reopen(id)
    await act()
    expect(it.folder()).toBe('inbox')
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

  it.each([true, false])('return from Deleted to the folder of closed ones, moved before: %s', async (isMoved) => {
    const { conversationId: id, ...it } = await received(await newAccount())
    if (isMoved) await close(id)
    await act()
    await it.drag('trash')
    if (!isMoved) await close(id)
    await act()
    expect([it.folder(), await it.place()]).toEqual(['trash', 'deleted'])
    await mark(id, 'inbox')
    await act()
    await it.sync('trash')
    expect([it.folder(), await it.place()]).toEqual(['First', 'inbox'])
    await reopen(id)
    await act()
    expect(it.folder()).toBe('inbox')
  })

  it.each([
    ['is reopened at once', ({ id }: { id: ConversationId }) => reopen(id)],
    ['stays closed after a switch-off', ({ box }: { box: FilingAccount['id'] }) => switchOff(box)],
  ])('return to the inbox from Deleted when a closed one %s', async (_title, happens) => {
    const box = await newAccount()
    const { conversationId: id, ...it } = await received(box)
    await close(id)
    await act()
    await it.drag('trash')
    await mark(id, 'inbox')
    await happens({ id, box: box.id })
    await act()
    expect([it.folder(), await it.place()]).toEqual(['inbox', 'inbox'])
  })

  it('return to the inbox after a deletion of what the server took for spam', async () => {
    const { conversationId: id, ...it } = await received(await newAccount(), 'junk')
    await mark(id, 'deleted')
    await act()
    expect(it.folder()).toBe('trash')
    await mark(id, 'inbox')
    await act()
    expect([it.folder(), await it.place()]).toEqual(['inbox', 'inbox'])
  })

  it('are in the inbox and Deleted Items after a person reopens it before Postkey finds the deletion', async () => {
    const box = await newAccount()
    const { conversationId: id, ...it } = await received(box)
    await close(id)
    await whileHeld(box, async () => {
      await act()
      await it.drag('trash')
    })
    server.meanwhile = () => reopen(id)
    await act()
    expect([it.folder(), await it.place()]).toEqual(['trash', 'inbox'])
  })

  it('are in the inbox and Deleted Items after a restoration whose move is switched off before it runs', async () => {
    const box = await newAccount()
    const { conversationId: id, ...it } = await received(box)
    await it.drag('trash')
    await close(id)
    await mark(id, 'inbox')
    await whileHeld(box, act)
    await switchOff(box.id)
    await act()
    expect([it.folder(), await it.place()]).toEqual(['trash', 'inbox'])
  })

  it.each([
    ['is switched off', 'closed', 'inbox'],
    ['has failed', 'closed', 'First'],
    ['has failed', 'reopened', 'inbox'],
  ])('are in Deleted although the move %s, and return if restored %s', async (end, status, target) => {
    const box = await newAccount()
    const { conversationId: id, ...it } = await received(box)
    await close(id)
    await whileHeld(box, async () => {
      await act()
      await it.drag('trash')
    })
    if (end === 'is switched off') await switchOff(box.id)
    else server.refusal = new AppError('transports.request_refused')
    for (let attempt = 1; attempt <= 8; attempt++) {
      if (server.refusal) expect(await it.place()).toBe('inbox')
      await act()
      clock.advance(2 * 60 * 60_000)
    }
    server.refusal = undefined
    expect([it.folder(), await it.place()]).toEqual(['trash', 'deleted'])
    await mark(id, 'inbox')
    if (status === 'reopened') await reopen(id)
    await act()
    expect([it.folder(), await it.place()]).toEqual([target, 'inbox'])
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

  it('are in the inbox and Deleted Items when another program deletes the message after a restoration', async () => {
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
