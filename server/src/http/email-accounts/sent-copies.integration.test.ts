/** Location of the Sent copies for a shared mailbox of the local Microsoft 365 with SMTP. */
import { afterAll, expect, it, vi } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createConnectingStage, WAIT } from '../../../test/kit/index.ts'

const { ask, admin, newCloudProvider, grantOf, sandbox, clock, rooms, sendingWorker } = await createConnectingStage()
const ANNA = 'anna@contoso.example'
const SUPPORT = 'support@contoso.example'
const provider = await newCloudProvider({ exchange: ['IMAP.AccessAsUser.All', 'SMTP.Send'] })
const grantId = await grantOf(provider, ANNA, { alsoBy: ['imap', 'smtp'] })
let number = 0

const [support, anna] = [await associate(SUPPORT, 'shared'), await associate(ANNA, 'user')]
await ask(`PATCH /v1/email-accounts/${support}`, { as: admin, body: { sendsBy: 'smtp' } })
await sendingWorker.start()
afterAll(() => sendingWorker.stop())

async function associate(address: string, kind: 'user' | 'shared'): Promise<EmailAccountId> {
  const body = { address, kind, grantId, name: address, key: `S${++number}`, contact: ANNA }
  const answer = await ask('POST /v1/email-accounts', { as: admin, body })
  expect(answer.status, answer.text).toBe(201)
  return (answer.body as { id: EmailAccountId }).id
}

async function copiesIn(id: EmailAccountId, messageId: string): Promise<number> {
  const { reading } = await rooms.emailAccounts.transportOf(await rooms.emailAccounts.get(id))
  return (await reading.findByMessageId(messageId, 'sent')).length
}

async function keepsCopies(copyForSentAs: boolean): Promise<void> {
  await fetch(`${sandbox.controlPanel}/api/mailbox-addresses`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...{ mailbox: SUPPORT }, aliases: [], copyForSentAs }),
  })
}

/** Sends a message and advances the clock past the delay of copies. */
async function sent(): Promise<string> {
  const letter = { to: [{ name: 'Kim', address: 'kim@customer.example' }], subject: 'Kettle', text: 'It boils.' }
  const accepted = await ask('POST /v1/submissions', {
    as: admin,
    body: { emailAccountId: support, ...letter },
    headers: { 'idempotency-key': `k${++number}` },
  })
  const { id, messageId } = accepted.body as { id: string; messageId: string }
  async function state(): Promise<string> {
    const { body } = await ask(`GET /v1/submissions/${id}`, { as: admin })
    const { state, reason } = body as { state: string; reason?: string }
    return `${state} ${reason ?? ''}`.trim()
  }
  await vi.waitUntil(async () => !['queued', 'sending'].includes(await state()), WAIT)
  for (let minutes = 0; minutes < 4; minutes++) {
    clock.advance(60_000)
    await sandbox.advance(60_000)
  }
  await vi.waitUntil(async () => (await state()) === 'sent', WAIT)
  return messageId
}

it.each([
  ['leaves one with the person who signed in, and one of ours in the mailbox', false],
  ['that keeps one itself has no second one of ours', true],
])('a shared mailbox %s', async (_what, copyForSentAs) => {
  await keepsCopies(copyForSentAs)

  const messageId = await sent()

  expect([await copiesIn(support, messageId), await copiesIn(anna, messageId)]).toEqual([1, 1])
})

it('an unknown message is resolved by the copy in the person’s mailbox', async () => {
  await keepsCopies(false)
  await fetch(`${sandbox.controlPanel}/api/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'smtp-answer-lost', options: { times: 1 } }),
  })

  const messageId = await sent()

  expect([await copiesIn(support, messageId), await copiesIn(anna, messageId)]).toEqual([1, 1])
})
