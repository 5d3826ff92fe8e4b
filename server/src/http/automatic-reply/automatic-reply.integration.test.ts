/** The automatic acknowledgment of a mailbox: its settings, and its message in the conversation. */
import { expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const admin = await person('admin')
const folders = [{ role: 'inbox', synced: true }]
const { id } = await storeEmailAccount(database, clock, { folders })
const at = `/v1/email-accounts/${id}/automatic-reply`
const SETTINGS = { isOn: true, subject: 'Re: {subject}', text: 'We got it.' }
const HOURS = { answers: 'outside', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00', timeZone: 'Europe/Berlin' }
const set = (body: object) => ask(`PUT ${at}`, { as: admin, body })

it('is absent until it is set, and applies from that time on', async () => {
  expect((await ask(`GET ${at}`, { as: admin })).body).toEqual({})

  const answer = await set({ ...SETTINGS, hours: HOURS })

  const automaticReply = { ...SETTINGS, hours: HOURS, since: clock.now().toISOString() }
  expect(answer).toMatchObject({ status: 200, body: { automaticReply } })
  clock.advance(60_000)
  await set({ ...SETTINGS, text: 'Thank you.' })
  const { hours: _none, ...always } = automaticReply
  expect((await ask(`GET ${at}`, { as: admin })).body).toEqual({ automaticReply: { ...always, text: 'Thank you.' } })
})

it.each([
  ['a subject of two lines', { subject: 'Re:\r\nBcc: kim@customer.example' }, 400],
  ['a time that is none', { hours: { ...HOURS, to: '25:00' } }, 400],
  ['no day', { hours: { ...HOURS, days: [] } }, 400],
  ['a time zone that nobody knows', { hours: { ...HOURS, timeZone: 'Europe/Atlantis' } }, 422],
])('is rejected with %s', async (_what, more, status) => {
  expect((await set({ ...SETTINGS, ...more })).status).toBe(status)
})

it('appears in the conversation as automatic and without an author', async () => {
  await set(SETTINGS)
  const account = await rooms.emailAccounts.get(id)
  const question = customerMessage(clock, 1, { to: [{ name: '', address: account.address }] })
  const filed = await database.transaction((tx) => rooms.conversations.filing.file(tx, account, question))

  const { body } = await ask(`GET /v1/conversations/${filed!.conversationId}`, { as: admin })
  expect(body).toMatchObject({ submissions: [{ isAutomatic: true, submittedBy: 'automatic-reply' }] })

  // Its copy in Sent Items, for which Graph returns no header.
  const { submissions } = body as { submissions: { messageId: string }[] }
  const copy = customerMessage(clock, 2, {
    ...{ folderRemoteId: 'sent', messageId: submissions[0]!.messageId, to: [question.from!] },
    from: { name: '', address: account.address },
  })
  await database.transaction((tx) => rooms.conversations.filing.file(tx, account, copy))
  const later = await ask(`GET /v1/conversations/${filed!.conversationId}`, { as: admin })
  expect(later.body).toMatchObject({
    submissions: [],
    messages: [{ direction: 'in' }, { direction: 'out', marks: { automatic: { kind: 'reply' } } }],
  })
})
