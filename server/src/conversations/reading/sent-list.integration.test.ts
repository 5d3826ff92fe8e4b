import { expect, it } from 'vitest'
import { createMailStage } from '../../../test/conversations/mail-stage.ts'
import type { FilingAccount } from '../index.ts'

const { clock, conversations, newAccount, mail, answer, file, started } = await createMailStage()
const { reading, team } = conversations
const BEN = 'person:ben'

/** In three ways: at once, page by page, and by ids. */
async function sentOf(account: FilingAccount): Promise<{ id: string; listedAt: Date }[]> {
  const input = { emailAccountIds: [account.id], view: 'sent' as const }
  const { conversations: whole } = await reading.list(input)
  const paged: typeof whole = []
  let before: string | undefined
  do {
    const page = await reading.list({ ...input, limit: 1, before })
    paged.push(...page.conversations)
    before = page.next
  } while (before !== undefined)
  expect(paged).toEqual(whole)
  const all = await reading.list({ emailAccountIds: [account.id], view: 'all' })
  expect((await reading.list({ ...input, ids: all.conversations.map(({ id }) => id) })).conversations).toEqual(whole)
  return whole.map(({ id, listedAt }) => ({ id, listedAt }))
}

it('lists conversations by the time of the last sent message, whatever came later', async () => {
  const account = await newAccount()
  const [one, other, unanswered] = [await started(account), await started(account), await started(account)]
  await file(account, answer(one.reply))
  const first = clock.now()
  await file(account, answer(other.reply))
  const second = clock.now()
  await file(account, mail(one.reply))
  await file(account, mail(unanswered.reply))
  const older = { receivedAt: new Date('2025-12-01T00:00:00Z') }
  await file(account, answer({ ...one.reply, ...older }))
  await team.close(other.id, BEN)
  expect(await sentOf(account)).toEqual([
    { id: other.id, listedAt: second },
    { id: one.id, listedAt: first },
  ])
  const open = await reading.list({ emailAccountIds: [account.id], view: 'open' })
  expect(open.conversations.map(({ id }) => id)).toEqual([unanswered.id, one.id])
})

it('leaves out automatic replies, spam and deleted conversations', async () => {
  const account = await newAccount()
  const [automatic, spam, deleted, kept] = [
    ...[await started(account), await started(account), await started(account), await started(account)],
  ]
  await file(account, answer({ ...automatic!.reply, headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }] }))
  for (const each of [spam, deleted, kept]) await file(account, answer(each!.reply))
  await team.setPlace(spam!.id, 'spam', BEN)
  await team.setPlace(deleted!.id, 'deleted', BEN)
  expect((await sentOf(account)).map(({ id }) => id)).toEqual([kept!.id])
})

it('follows a merge and a split', async () => {
  const account = await newAccount()
  const [one, other] = [await started(account), await started(account)]
  const { messageId } = await file(account, answer(one.reply))
  const at = clock.now()
  await team.merge(one.id, other.id, BEN)
  expect(await sentOf(account)).toEqual([{ id: other.id, listedAt: at }])
  const part = await team.split(other.id, [messageId], BEN)
  expect(await sentOf(account)).toEqual([{ id: part.id, listedAt: at }])
})
