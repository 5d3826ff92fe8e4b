import { expect, it } from 'vitest'
import { newId } from '../../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'
import { DRAFT, letter } from '../../../test/http/mail-permissions.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { id: emailAccountId } = await storeEmailAccount(database, clock)
const [ben, anna] = [await person('agent', [emailAccountId]), await person('agent', [emailAccountId])]

async function newConversation(n: number): Promise<string> {
  const account = { id: emailAccountId, address: 'us@contoso.example', createdAt: clock.now() }
  const filed = await database.transaction((tx) =>
    rooms.conversations.filing.file(tx, account, customerMessage(clock, n)),
  )
  return filed!.conversationId
}

it('refuses a second answer with 409 and its code, and accepts it with the last answer of the conversation', async () => {
  const conversationId = await newConversation(1)
  const submit = (as: typeof ben, key: string, lastAnswerId: unknown) =>
    ask('POST /v1/submissions', {
      ...{ as, headers: { 'idempotency-key': key } },
      body: { emailAccountId, conversationId, ...letter(), lastAnswerId },
    })
  const first = await submit(ben, 'first', null)
  expect(first.status).toBe(201)

  expect(await submit(anna, 'second', null)).toMatchObject({
    status: 409,
    body: { code: 'submission.answered_meanwhile', remedy: 'admin' },
  })

  const { body } = await ask(`GET /v1/conversations/${conversationId}`, { as: anna })
  const { lastAnswerId } = body as { lastAnswerId: string }
  expect(lastAnswerId).toBe((first.body as { id: string }).id)
  expect((await submit(anna, 'second', lastAnswerId)).status).toBe(201)
  expect(await submit(anna, 'third', 'yesterday')).toMatchObject({
    status: 400,
    body: { faults: [{ field: 'body.lastAnswerId' }] },
  })
})

it("creates a draft with the client's id once, and reveals nothing of a draft of another author", async () => {
  const id = newId()
  const create = (as: typeof ben) => ask('POST /v1/drafts', { as, body: { id, emailAccountId, content: DRAFT } })
  expect(await create(ben)).toMatchObject({ status: 201, body: { id, version: 1 } })
  expect(await create(ben)).toMatchObject({ status: 409, body: { code: 'conversations.draft_changed' } })
  expect((await create(anna)).status).toBe(404)
})
