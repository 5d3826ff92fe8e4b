/** Lists, searches, conversations and messages through the API, among as much mail as a team gathers in years. */
import { percentile, type Bench } from './figures.ts'
import { listMessages } from './list-messages.ts'
import { onYearsOfMail } from './large/kept-place.ts'
import { sumCpuSeconds, listFamily } from './process-figures.ts'
import { repeat, type Asker } from './requests.ts'
import { ALL, searches } from './searches.ts'
import { startBareServer, type MailStage } from './stage.ts'

/** Milliseconds at the 99th percentile, one request at a time and ten. */
const MOST_MS = { alone: 10, together: 50 }
const MOST_OPEN_MS = 50
const PAGES = 100

export async function reading(bench: Bench): Promise<void> {
  await onYearsOfMail(bench, async (stage) => {
    // First: each word and each conversation is read for the first time since PostgreSQL started.
    await searches(bench, stage)
    await openings(bench, stage)
    await listMessages(bench, stage)
    const bare = await startBareServer()
    try {
      for (const [name, pathOf] of await questionsOf(stage)) await measure(bench, stage, name, pathOf, bare)
    } finally {
      bare.stop()
    }
  })
}

/** Conversations that were not read since PostgreSQL started: of any size, and of 500 messages. */
async function openings({ tell, quick }: Bench, { asker, database }: MailStage): Promise<void> {
  for (const [name, condition] of [
    ['a conversation', 'true'],
    ['a conversation of 500 messages', `message_count >= ${quick ? 20 : 500}`],
  ] as const) {
    const { rows } = await database.query<{ id: string }>(
      `SELECT id FROM conversations WHERE ${condition} ORDER BY md5(id::text) LIMIT 100`,
    )
    const { each } = await repeat(rows.length, 1, (n) => asker.ask(`/v1/conversations/${rows[n]!.id}?limit=50`))
    const wanted = { atMost: MOST_OPEN_MS }
    tell({ name: `open ${name}, cold, p50`, value: percentile(each, 50), unit: 'ms', wanted })
    tell({ name: `open ${name}, cold, p99`, value: percentile(each, 99), unit: 'ms', wanted })
  }
}

/** Each with the path of the n-th request: always another page, conversation or message. */
async function questionsOf({ asker, database }: MailStage): Promise<[name: string, path: (n: number) => string][]> {
  const { rows } = await database.query<{ id: string }>(
    `SELECT email_account_id AS id FROM conversations GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`,
  )
  const accountId = rows[0]!.id
  const lists = await pagesOf(asker, ALL, PAGES)
  const conversations = lists.flatMap(({ ids }) => ids)
  const messages: string[] = []
  for (const id of conversations.slice(0, 200)) {
    const { text } = await asker.ask(`/v1/conversations/${id}`)
    messages.push(...(JSON.parse(text) as { messages: { id: string }[] }).messages.map((message) => message.id))
  }
  const of = <T>(all: readonly T[], n: number) => all[(n * 7919) % all.length]!
  return [
    ['list 50, first page', () => `/v1/conversations?limit=50`],
    ['list 50, of one mailbox', () => `/v1/conversations?emailAccountId=${accountId}&limit=50`],
    ['list 50, any page', (n) => of(lists, n).path],
    [`list 50, page ${PAGES}`, () => lists.at(-1)!.path],
    ['list 50, unassigned', () => `/v1/conversations?view=unassigned&limit=50`],
    ['a conversation', (n) => `/v1/conversations/${of(conversations, n)}`],
    ['a message', (n) => `/v1/messages/${of(messages, n)}`],
    ['the body of a message', (n) => `/v1/messages/${of(messages, n)}/body`],
  ]
}
/** The first pages of a list. */
export async function pagesOf(asker: Asker, first: string, count: number): Promise<{ path: string; ids: string[] }[]> {
  const pages: { path: string; ids: string[] }[] = []
  for (let path: string | undefined = first; path !== undefined && pages.length < count;) {
    const { text } = await asker.ask(path)
    const { conversations, next } = JSON.parse(text) as { conversations: { id: string }[]; next?: string }
    pages.push({ path, ids: conversations.map(({ id }) => id) })
    path = next === undefined ? undefined : `${first}&before=${encodeURIComponent(next)}`
  }
  return pages
}

async function measure(
  { quick, tell }: Bench,
  { asker, postkey }: MailStage,
  name: string,
  pathOf: (n: number) => string,
  bare: Awaited<ReturnType<typeof startBareServer>>,
): Promise<void> {
  const times = quick ? 100 : 400
  await repeat(50, 5, (n) => asker.ask(pathOf(n)))
  await bare.answer((await asker.ask(pathOf(0))).text)
  for (const [how, atATime, most] of [
    ['one at a time', 1, MOST_MS.alone],
    ['ten at a time', 10, MOST_MS.together],
  ] as const) {
    const plain = await repeat(times, atATime, () => bare.asker.ask('/'))
    const cpuBefore = { server: sumCpuSeconds([postkey.pid]), all: sumCpuSeconds(listFamily(postkey.pid)) }
    const { each, allMs } = await repeat(times, atATime, (n) => asker.ask(pathOf(n)))
    const cpuMs = (pids: readonly number[], before: number) => ((sumCpuSeconds(pids) - before) * 1000) / times
    const cpu = {
      server: cpuMs([postkey.pid], cpuBefore.server),
      all: cpuMs(listFamily(postkey.pid), cpuBefore.all),
    }
    const at = `${name}, ${how}`
    tell({ name: `${at}, p50`, value: percentile(each, 50), unit: 'ms', baseline: percentile(plain.each, 50) })
    tell({
      ...{ name: `${at}, p99`, value: percentile(each, 99), unit: 'ms', baseline: percentile(plain.each, 99) },
      wanted: { atMost: most },
    })
    tell({ name: `${at}, rate`, value: (times * 1000) / allMs, unit: '1/s' })
    tell({ name: `${at}, CPU of the server`, value: cpu.server, unit: 'ms' })
    tell({ name: `${at}, CPU with the database`, value: cpu.all, unit: 'ms' })
  }
}
