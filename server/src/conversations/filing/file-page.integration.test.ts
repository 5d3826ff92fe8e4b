import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { Address, RemoteMessage } from '../../mail/index.ts'
import { countStatements, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })

const SUPPORT: Address = { name: 'Support', address: 'support@contoso.example' }
const PEOPLE = ['kim', 'lee', 'ann'].map((name) => ({ name, address: `${name}@customer.example` }))
const FOLDERS = ['inbox', 'sent', 'archive', 'drafts']

/** Generated message: small numbers, so that messages, threads and folders coincide often. */
interface Drawn {
  id: number
  /** Text number: with an equal id and another text, it is another message with the same Message-ID. */
  text: number
  copy: number
  folder: string
  answers: number | undefined
  names: number[]
  thread: number | undefined
  who: number
  minute: number
  flags: string[]
  automatic: boolean
  subject?: string
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  id: fc.nat(9),
  text: fc.constantFrom(0, 0, 0, 1),
  copy: fc.constantFrom(0, 0, 0, 1),
  folder: fc.constantFrom('inbox', 'inbox', 'inbox', 'sent', 'archive', 'drafts', 'unread-folder'),
  answers: fc.option(fc.nat(9), { nil: undefined }),
  names: fc.array(fc.nat(9), { maxLength: 3 }),
  thread: fc.option(fc.nat(2), { nil: undefined }),
  who: fc.nat(PEOPLE.length - 1),
  minute: fc.integer({ min: -30, max: 30 }),
  flags: fc.subarray(['seen', 'flagged', 'answered']),
  automatic: fc.boolean(),
})
/** Messages of several weeks with few headers and few subjects, so that many join by their subject. */
const drawnWithSubject = fc
  .tuple(drawn, fc.constantFrom('Kettle', 'Re: kettle', 'Teapot', ''), fc.constantFrom(false, false, true))
  .map(([one, subject, keepsHeaders]): Drawn => {
    const headers = keepsHeaders ? {} : { answers: undefined, names: [], thread: undefined }
    return { ...one, ...headers, subject, minute: one.minute * 12 * 60 }
  })
/** Generated pages, each with a flag that closes the first conversation before the next page. */
const pagesOf = (message: fc.Arbitrary<Drawn>) =>
  fc.array(fc.record({ page: fc.array(message, { maxLength: 14 }), close: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  })

function messageOf(one: Drawn, n: number): RemoteMessage {
  const other = PEOPLE[one.who]!
  const isOut = one.folder === 'sent'
  return {
    partial: false,
    remoteId: `r${one.id}-${one.text}-${one.copy}`,
    folderRemoteId: one.folder,
    messageId: `m${one.id}@x`,
    inReplyTo: one.answers === undefined ? [] : [`m${one.answers}@x`],
    references: one.names.map((name) => `m${name}@x`),
    remoteConversationId: one.thread === undefined ? undefined : `thread-${one.thread}`,
    subject: one.subject ?? `Subject ${one.id}`,
    from: isOut ? SUPPORT : other,
    sender: undefined,
    to: [isOut ? other : SUPPORT],
    cc: [],
    bcc: [],
    replyTo: [],
    sentAt: undefined,
    // No two at the same time: their ids, which are random, would decide which is the latest.
    receivedAt: new Date(clock.now().getTime() + one.minute * 60_000 + n),
    flags: one.flags,
    preview: `Preview ${one.id} ${one.text}`,
    body: { type: 'text', content: `Text ${one.id} ${one.text}` },
    hasAttachments: one.flags.includes('flagged'),
    headers: one.automatic ? [{ name: 'Auto-Submitted', value: 'auto-replied' }] : [],
  }
}

async function newAccount(joinsBySubject = false): Promise<FilingAccount> {
  const folders = FOLDERS.map((role) => ({ role, synced: true }))
  const { id } = await storeEmailAccount(database, clock, { address: SUPPORT.address, kind: 'user', folders })
  return { id, address: SUPPORT.address, createdAt: clock.now(), joinsBySubject }
}

/**
 * All rows of an account, with ids replaced by stable names: messages by content, conversations by their first message.
 */
async function rowsOf({ id }: FilingAccount) {
  const { db } = database
  const messages = await db.selectFrom('messages').selectAll().where('email_account_id', '=', id).execute()
  const names = new Map<string, string>(
    // Two messages may differ only in their attachments; their keys differ.
    messages.map((row) => [row.id, `${row.message_id} ${row.body} ${row.message_key.toString('hex')}`]),
  )
  for (const row of messages.toSorted((one, other) => (names.get(one.id)! < names.get(other.id)! ? -1 : 1))) {
    if (!names.has(row.conversation_id)) names.set(row.conversation_id, `conversation of ${names.get(row.id)!}`)
  }
  const named = (value: unknown): unknown => (typeof value === 'string' ? (names.get(value) ?? value) : value)
  const sorted = (rows: object[], left: readonly string[]) =>
    rows
      .map((row) => Object.entries(row).filter(([column]) => !left.includes(column)))
      .map((row) => JSON.stringify(Object.fromEntries(row.map(([column, value]) => [column, named(value)]))))
      .sort()
  const { events: told } = await events.list({ emailAccountIds: [id], limit: 500 })
  return {
    messages: sorted(messages, ['email_account_id']),
    conversations: sorted(
      await db.selectFrom('conversations').selectAll().where('email_account_id', '=', id).execute(),
      ['email_account_id'],
    ),
    leads: sorted(
      await db.selectFrom('conversation_message_ids').selectAll().where('email_account_id', '=', id).execute(),
      ['email_account_id'],
    ),
    locations: sorted(
      await db
        .selectFrom('message_locations')
        .innerJoin('folders', 'folders.id', 'message_locations.folder_id')
        .select(['folders.remote_id as folder', 'message_locations.remote_id', 'message_id', 'round'])
        .where('folders.email_account_id', '=', id)
        .execute(),
      [],
    ),
    // In order per subject; simultaneous events of different subjects have no order.
    events: Object.fromEntries(
      [...Map.groupBy(told, ({ subjectId }) => names.get(subjectId) ?? subjectId)]
        .map(([subject, list]) => [subject, list.map(({ kind }) => kind)] as const)
        .sort(),
    ),
  }
}

async function closeOne(account: FilingAccount): Promise<void> {
  const { conversations: list } = await conversations.reading.list({ emailAccountIds: [account.id], view: 'open' })
  const first = list.toSorted((one, other) => (one.preview < other.preview ? -1 : 1))[0]
  if (first) await conversations.team.close(first.id, 'ben')
}

it.each([
  ['by headers', false, drawn],
  ['also by subject', true, drawnWithSubject],
] as const)(
  'filing a page stores the same rows and events as filing its messages one by one, joined %s',
  { timeout: 120_000 },
  async (_how, joinsBySubject, message) => {
    await fc.assert(
      fc.asyncProperty(pagesOf(message), async (all) => {
        const [together, apart] = [await newAccount(joinsBySubject), await newAccount(joinsBySubject)]
        let n = 0
        for (const { page, close } of all) {
          const messages = page.map((one) => messageOf(one, n++))
          const filed = await database.transaction((tx) => conversations.filing.fileMany(tx, together, messages))
          const oneByOne = []
          for (const message of messages) {
            oneByOne.push(await database.transaction((tx) => conversations.filing.file(tx, apart, message)))
          }
          expect(filed.map((one) => one?.created)).toEqual(oneByOne.map((one) => one?.created))
          if (close) for (const account of [together, apart]) await closeOne(account)
        }
        expect(await rowsOf(together)).toEqual(await rowsOf(apart))
      }),
      { numRuns: Number(process.env.FILE_MANY_RUNS ?? 40) },
    )
  },
)

it('joins two messages of one page by their subject', async () => {
  const account = await newAccount(true)
  const messages = ['Kettle', 'Re: kettle'].map((subject, id) => messageOf({ ...BLANK, id, subject }, id))

  const filed = await database.transaction((tx) => conversations.filing.fileMany(tx, account, messages))

  expect(filed[1]!.conversationId).toBe(filed[0]!.conversationId)
})

it('recognizes a copy by the content that another message of the page has just changed', async () => {
  const account = await newAccount()
  const fileMany = (...all: Partial<Drawn>[]) => {
    const messages = all.map((one, n) => messageOf({ ...BLANK, ...one }, n))
    return database.transaction((tx) => conversations.filing.fileMany(tx, account, messages))
  }
  const [stored] = await fileMany({ copy: 1, flags: ['flagged'] })

  // The first one is the stored message, now without attachments, as the second one is.
  const filed = await fileMany({ copy: 1, who: 1 }, { copy: 0 })

  expect(filed.map((one) => one?.messageId)).toEqual([stored!.messageId, stored!.messageId])
})

it('filing a page takes one statement where filing one by one takes one per message', async () => {
  const account = await newAccount()
  const page = Array.from({ length: 100 }, (_, n) =>
    messageOf({ ...BLANK, id: n, who: n % 3, answers: n % 4 === 0 ? undefined : n - 1, minute: -n, flags: [] }, n),
  )
  const before = await countStatements(database, () =>
    database.transaction((tx) => conversations.filing.fileMany(tx, account, page)),
  )
  const again = await countStatements(database, () =>
    database.transaction((tx) => conversations.filing.fileMany(tx, account, page)),
  )
  expect(before).toBeLessThanOrEqual(20)
  expect(again).toBeLessThanOrEqual(8)
})

const BLANK: Drawn = {
  id: 0,
  text: 0,
  copy: 0,
  folder: 'inbox',
  answers: undefined,
  names: [],
  thread: undefined,
  who: 0,
  minute: 0,
  flags: [],
  automatic: false,
}
