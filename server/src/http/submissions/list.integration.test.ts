import { beforeAll, describe, expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
  type ShownBy,
} from '../../../test/kit/index.ts'

const MINUTE_MS = 60_000

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const [mine, other] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]
const [as, stranger] = [await person('agent', [mine.id]), await person('agent', [other.id])]
const boss = await person('admin')

interface Sent {
  id: string
  messageId: string
  state: string
  content: { subject: string }
}

async function send(subject: string, to: string, from = mine.id): Promise<Sent> {
  const answer = await ask('POST /v1/submissions', {
    ...{ as: boss, headers: { 'idempotency-key': subject.replaceAll(' ', '-') } },
    body: { emailAccountId: from, to: [{ address: to }], subject, text: 'Hello' },
  })
  expect(answer.status, answer.text).toBe(201)
  clock.advance(MINUTE_MS)
  return answer.body as Sent
}

async function list(query = '', by: ShownBy = as): Promise<{ submissions: Sent[]; next?: string }> {
  const answer = await ask(`GET /v1/submissions?${query}`, { as: by })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as { submissions: Sent[]; next?: string }
}

const subjects = async (query?: string, by: ShownBy = as) =>
  (await list(query, by)).submissions.map(({ content }) => content.subject)

/** Stores copies of the first one that were accepted later. */
async function copies(count: number): Promise<void> {
  await database.pool.query(
    `INSERT INTO submissions (id, email_account_id, submitted_by, idempotency_key, request_hash, message_id, content, state,
       due_at, created_at)
     SELECT gen_random_uuid(), email_account_id, submitted_by, 'copy ' || n, request_hash, n || '@copies.example',
       jsonb_set(content, '{subject}', '"Copy"'), 'canceled', due_at, created_at + n * interval '1 second'
     FROM submissions, generate_series(1, $2::int) AS n WHERE id = $1`,
    [first.id, count],
  )
}

let first: Sent
beforeAll(async () => {
  first = await send('One kettle', 'kim@customer.example')
  await send('Two kettles', 'lee@customer.example')
  await send('Of others', 'kim@customer.example', other.id)
  await send('Three', 'kim@elsewhere.example')
  await database.pool.query("UPDATE submissions SET state = 'sent' WHERE id = $1", [first.id])
  await database.pool.query("UPDATE submissions SET state = 'failed' WHERE content ->> 'subject' = 'Three'")
})

describe('the list of submissions', () => {
  it('has those in any state of the caller’s mailboxes, the last accepted first', async () => {
    expect(await subjects()).toEqual(['Three', 'Two kettles', 'One kettle'])
    expect(await subjects('', stranger)).toEqual(['Of others'])
    expect(await subjects('', boss)).toEqual(['Three', 'Of others', 'Two kettles', 'One kettle'])
    expect((await ask(`GET /v1/submissions?emailAccountId=${other.id}`, { as })).status).toBe(404)
  })

  it.each([
    ['states=sent', ['One kettle']],
    ['states=failed,unknown', ['Three']],
    ['states=failed,sent', ['Three', 'One kettle']],
    ['to=KIM@customer.example', ['One kettle']],
    ['to=@customer.example', ['Two kettles', 'One kettle']],
    ['subject=kettle', ['Two kettles', 'One kettle']],
    ['subject=kettle&states=queued', ['Two kettles']],
    ['messageId=unknown@customer.example', []],
  ])('is filtered by %s', async (query, expected) => {
    expect(await subjects(query)).toEqual(expected)
  })

  it('is filtered by Message-ID, conversation, mailbox and time', async () => {
    expect(await subjects(`messageId=${first.messageId}`)).toEqual(['One kettle'])
    expect(await subjects(`messageId=${first.messageId}`, stranger)).toEqual([])
    expect(await subjects(`emailAccountId=${other.id}`, boss)).toEqual(['Of others'])
    const [, , createdAt] = (await list()).submissions.map(
      (each) => (each as unknown as { createdAt: string }).createdAt,
    )
    expect(await subjects(`before=${new Date(Date.parse(createdAt!) + MINUTE_MS).toISOString()}`)).toEqual([
      'One kettle',
    ])
    expect(await subjects(`after=${new Date(Date.parse(createdAt!) + MINUTE_MS).toISOString()}`)).toEqual([
      ...['Three', 'Two kettles'],
    ])
  })

  it('follows its conversation, also into another mailbox, and its copy in Sent', async () => {
    const account = await rooms.emailAccounts.get(mine.id)
    const file = (n: number) =>
      database.transaction((tx) => rooms.conversations.filing.file(tx, account, customerMessage(clock, n)))
    const { conversationId, messageId } = (await file(900))!
    const sent = await send('Four', 'kim@customer.example')
    await database.pool.query('UPDATE submissions SET conversation_id = $1, sent_message_id = $2 WHERE id = $3', [
      ...[conversationId, messageId, sent.id],
    ])
    expect(await subjects(`conversationId=${conversationId}`)).toEqual(['Four'])
    const { rows } = await database.pool.query<{ id: string }>('SELECT message_id AS id FROM messages WHERE id = $1', [
      messageId,
    ])
    expect(await subjects(`messageId=${encodeURIComponent(rows[0]!.id)}`)).toEqual(['Four'])
    await database.pool.query(
      'UPDATE conversations SET email_account_id = $1, moved_from = ARRAY[email_account_id] WHERE id = $2',
      [other.id, conversationId],
    )
    expect(await subjects('', stranger)).toEqual(['Four', 'Of others'])
    expect(await subjects(`conversationId=${conversationId}`)).toEqual([])
    expect(await subjects()).not.toContain('Four')
    await database.pool.query('DELETE FROM submissions WHERE id = $1', [sent.id])
  })

  it('has only the mailboxes of a key', async () => {
    const keyOf = { name: 'Shop', scopes: ['mail:read'] as const, emailAccountIds: [other.id] }
    const { key } = await rooms.people.apiKeys.create(keyOf, boss.id)
    expect(await subjects('', { authorization: `Bearer ${key.reveal()}` })).toEqual(['Of others'])
  })

  it('comes in pages, each submission once, also in a filter that few fulfill', async () => {
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { submissions, next } = await list(`limit=1${cursor}`)
      seen.push(...submissions.map(({ content }) => content.subject))
      if (next === undefined) break
      cursor = `&cursor=${next}`
    }
    expect(seen).toEqual(['Three', 'Two kettles', 'One kettle'])
    await copies(700)
    expect(await subjects('subject=one')).toEqual(['One kettle'])
    expect(await subjects('states=sent')).toEqual(['One kettle'])
  })

  it('refuses a changed cursor, an unknown state, and other parameters beside view', async () => {
    expect(await ask('GET /v1/submissions?cursor=abc', { as })).toMatchObject({
      ...{ status: 400, body: { code: 'submission.no_such_page' } },
    })
    expect((await ask('GET /v1/submissions?states=lost', { as })).status).toBe(400)
    expect(await ask('GET /v1/submissions?view=scheduled&subject=kettle', { as })).toMatchObject({
      ...{ status: 400, body: { faults: [{ field: 'query.view' }] } },
    })
    expect(await subjects('view=without-conversation')).toEqual(['Three', 'Two kettles'])
  })
})
