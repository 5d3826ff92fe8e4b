import { beforeAll, describe, expect, it } from 'vitest'
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
const { id } = await storeEmailAccount(database, clock)
const other = await storeEmailAccount(database, clock)
const [as, stranger] = [await person('agent', [id]), await person('agent', [other.id])]
let number = 0
let message: { messageId: string; conversationId: string }

beforeAll(async () => {
  const account = await rooms.emailAccounts.get(id)
  message = (await database.transaction((tx) =>
    rooms.conversations.filing.file(tx, account, {
      ...customerMessage(clock, 1),
      subject: 'Kettle',
      to: [
        { name: 'Us', address: account.address },
        { name: 'Lee', address: 'lee@customer.example' },
      ],
    }),
  ))!
})

interface Sent {
  content: { to: { address: string }[]; cc: { address: string }[] }
}

const submit = (body: object, by = as) =>
  ask('POST /v1/submissions', { as: by, headers: { 'idempotency-key': `key-${++number}` }, body })

describe('a reply', () => {
  it('needs only its text and the message: mailbox, conversation, recipients and subject follow from it', async () => {
    const { from } = await rooms.conversations.messages.get(message.messageId as never)
    const { status, body, text } = await submit({ replyToMessageId: message.messageId, text: 'It is on its way.' })
    expect(status, text).toBe(201)
    expect(body).toMatchObject({ emailAccountId: id, conversationId: message.conversationId })
    expect((body as Sent).content).toMatchObject({ subject: 'Re: Kettle', to: [{ address: from!.address }], cc: [] })
  })

  it('goes to all addresses except its own mailbox, if asked for', async () => {
    const { body } = await submit({ replyToMessageId: message.messageId, replyToAll: true, text: 'Hello all' })
    const { to, cc } = (body as Sent).content
    expect([...to, ...cc].map(({ address }) => address)).toContain('lee@customer.example')
    expect([...to, ...cc].map(({ address }) => address)).not.toContain((await rooms.emailAccounts.get(id)).address)
  })

  it('keeps recipients and subject that are given', async () => {
    const to = [{ address: 'boss@customer.example' }]
    const { body } = await submit({ replyToMessageId: message.messageId, to, subject: 'Other', text: 'Hello' })
    expect((body as Sent).content).toMatchObject({ subject: 'Other', to: [{ address: 'boss@customer.example' }] })
  })

  it('to a message of another mailbox is not found, with or without a mailbox in the request', async () => {
    for (const emailAccountId of [undefined, other.id]) {
      const { status, body } = await submit(
        { emailAccountId, replyToMessageId: message.messageId, text: 'Hello' },
        stranger,
      )
      expect({ status, body }).toMatchObject({ status: 404, body: { code: 'http.not_found' } })
    }
  })
})

it.each([
  [{ subject: 'Hello' }, 'emailAccountId'],
  [{ emailAccountId: id }, 'subject'],
])('a new message without all fields is refused by name: %j', async (body, field) => {
  const to = [{ address: 'kim@customer.example' }]
  expect(await submit({ ...body, to, text: 'Hello' })).toMatchObject({
    status: 400,
    body: { code: 'http.invalid_request', faults: [{ field: `body.${field}` }] },
  })
})
