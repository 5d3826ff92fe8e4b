import { expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../test/kit/index.ts'
import { listSubmissions } from './list-submissions.ts'

const database = await testDatabase()
const clock = createTestClock()
const { rooms } = await createTestApp(database, clock)
const { id: emailAccountId } = await storeEmailAccount(database, clock)

it('a page that takes too long ends, and the next one continues after it', async () => {
  const content = { to: [{ name: '', address: 'kim@customer.example' }], cc: [], bcc: [], attachments: [] }
  for (let n = 0; n < 150; n++) {
    await rooms.submissions.submit({
      ...{ emailAccountId, idempotencyKey: `${n}`, submittedBy: 'test' },
      content: { ...content, subject: n === 0 ? 'Kettle' : 'Copy', text: 'Hello' },
    })
  }
  const filter = { emailAccountIds: 'all', subject: 'kettle' } as const
  const first = await listSubmissions(database, filter, { limit: 50, limitMs: 0 })
  expect(first).toMatchObject({ rows: [], next: expect.any(String) as string })
  const second = await listSubmissions(database, filter, { limit: 50, limitMs: 0, cursor: first.next })
  expect(second.rows).toMatchObject([{ content: { subject: 'Kettle' } }])
  expect(second.next).toBeUndefined()
})
