import { expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const { ask, person } = await createTestApp(database, createTestClock())
const { id: emailAccountId } = await storeEmailAccount(database, createTestClock())
const as = await person('agent', [emailAccountId])

async function submit(content: { html?: string; text?: string }) {
  const body = { emailAccountId, to: [{ address: 'kim@customer.example' }], subject: 'Offer', ...content }
  const headers = { 'idempotency-key': crypto.randomUUID() }
  const answer = await ask('POST /v1/submissions', { as, headers, body })
  return { status: answer.status, ...(answer.body as { content: { html?: string; text?: string } }) }
}

it('sanitizes the HTML of a message and derives its text', async () => {
  const { status, content } = await submit({ html: '<p onclick="x()">Hi <b>Kim</b></p><script>x()</script>' })

  expect(status).toBe(201)
  expect(content).toMatchObject({ html: '<p>Hi <b>Kim</b></p>', text: 'Hi Kim' })
})

it('keeps the text that a program sends with its HTML, and plain text without HTML', async () => {
  expect((await submit({ html: '<p>Hi</p>', text: 'Hello' })).content).toMatchObject({
    html: '<p>Hi</p>',
    text: 'Hello',
  })
  const { content } = await submit({ text: 'Hello' })
  expect(content.text).toBe('Hello')
  expect(content).not.toHaveProperty('html')
})

it('refuses endless HTML by its size, before it is prepared', async () => {
  expect((await submit({ html: 'x'.repeat(1_100_000) })).status).toBe(413)
})
