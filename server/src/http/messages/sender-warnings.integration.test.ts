import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { id } = await storeEmailAccount(database, clock)
const account = await rooms.emailAccounts.get(id)
const as = await person('agent', [id])
let count = 0

async function file(header: string): Promise<StoredMessageId> {
  const n = ++count
  const says = 'Authentication-Results: mx.contoso.example; dmarc=pass header.from=customer.example'
  const source = Buffer.from(`${says}\r\n${header}\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`)
  const parsed = await rooms.parser.parse(source, { trustedAuthServId: 'mx.contoso.example' })
  const message = {
    ...{ ...parsed, partial: false as const, messageId: `${n}@customer.example`, remoteId: `imap:1:${n}:INBOX` },
    ...{ folderRemoteId: 'inbox', remoteConversationId: undefined, receivedAt: clock.now(), flags: [], source },
  }
  return (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!.messageId
}

interface Shown {
  conversationId: string
  warnings: { kind: string; value: string }[]
  marks: { authentication?: { verdict: string } }
}

async function shown(messageId: StoredMessageId): Promise<Shown> {
  return (await ask(`GET /v1/messages/${messageId}`, { as })).body as Shown
}

it('reports forged senders in the message and in the list', async () => {
  const forged = await shown(
    await file('From: "ceo@contoso.example" <kim@customer.example>\r\nReply-To: x@evil.example'),
  )
  expect(forged.warnings).toEqual([
    { kind: 'name_shows_address', value: 'ceo@contoso.example' },
    { kind: 'reply_to_elsewhere', value: 'x@evil.example' },
  ])
  const { body } = await ask('GET /v1/conversations?view=all', { as })
  const { conversations } = body as { conversations: { id: string; participants: { isMisleading?: boolean }[] }[] }
  const listed = conversations.find((one) => one.id === forged.conversationId)!
  expect(listed.participants[0]).toMatchObject({ address: 'kim@customer.example', isMisleading: true })
})

it('confirms a single aligned sender, and makes no statement about two', async () => {
  const honest = await shown(await file('From: Kim <kim@customer.example>'))
  expect([honest.warnings, honest.marks.authentication?.verdict]).toEqual([[], 'pass'])
  const two = await shown(await file('From: Kim <kim@customer.example>, ceo@contoso.example'))
  expect(two.warnings).toEqual([{ kind: 'several_senders', value: 'kim@customer.example, ceo@contoso.example' }])
  expect(two.marks.authentication?.verdict).toBe('none')
})

it('ignores a verdict of an earlier version that compared no domains', async () => {
  const messageId = await file('From: Kim <kim@customer.example>')
  await sql`UPDATE messages SET marks = marks #- '{authentication,headerFrom}' WHERE id = ${messageId}`.execute(
    database.db,
  )
  expect((await shown(messageId)).marks.authentication?.verdict).toBe('none')
})
