/** Lists, conversations and messages through the API, among as much mail as a team gathers in years. */
import { percentile, type Bench } from './figures.ts'
import { sumCpuSeconds, listFamily } from './process-figures.ts'
import { repeat, type Asker } from './requests.ts'
import { onStage, startBareServer, type Stage } from './stage.ts'
import { layMessages } from './stored-mail.ts'

/** Milliseconds at the 99th percentile, one request at a time and ten. */
const MOST_MS = { alone: 10, together: 50 }

export async function reading(bench: Bench): Promise<void> {
  const size = bench.quick ? { messages: 20_000, conversations: 6_000 } : { messages: 200_000, conversations: 60_000 }
  await onStage(bench, async (stage) => {
    bench.say(`laying ${size.messages} messages into the database`)
    await layMessages(stage.database, stage.accountId, size)
    const bare = await startBareServer()
    try {
      for (const [name, pathOf] of await questionsOf(stage)) await measure(bench, stage, name, pathOf, bare)
    } finally {
      bare.stop()
    }
  })
}

/** Each with the path of the n-th request: always another page, conversation or message. */
async function questionsOf({ asker, accountId }: Stage): Promise<[name: string, path: (n: number) => string][]> {
  const lists = await pagesOf(asker, `/v1/conversations?emailAccountId=${accountId}&limit=50`, 60)
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
    ['list 50, unassigned', () => `/v1/conversations?view=unassigned&limit=50`],
    ['search of two words', (n) => `/v1/conversations?search=order+${1000 + ((n * 7919) % 5000)}&limit=50`],
    ['a conversation', (n) => `/v1/conversations/${of(conversations, n)}`],
    ['a message', (n) => `/v1/messages/${of(messages, n)}`],
    ['the body of a message', (n) => `/v1/messages/${of(messages, n)}/body`],
  ]
}

async function pagesOf(asker: Asker, first: string, count: number): Promise<{ path: string; ids: string[] }[]> {
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
  { asker, postkey }: Stage,
  name: string,
  pathOf: (n: number) => string,
  bare: Awaited<ReturnType<typeof startBareServer>>,
): Promise<void> {
  const times = quick ? 300 : 1000
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
      // A search is not a reading; no immediate result is expected.
      ...(!name.startsWith('search') && { wanted: { atMost: most } }),
    })
    tell({ name: `${at}, rate`, value: (times * 1000) / allMs, unit: '1/s' })
    tell({ name: `${at}, CPU of the server`, value: cpu.server, unit: 'ms' })
    tell({ name: `${at}, CPU with the database`, value: cpu.all, unit: 'ms' })
  }
}
