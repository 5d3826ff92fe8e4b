/** Work of a team with four mailboxes and 200,000 messages, among the 1,000,000 messages of an installation. */
import { bulkChanges } from './bulk-changes.ts'
import { percentile, type Bench } from './figures.ts'
import { onYearsOfMail } from './large/kept-place.ts'
import { besideBare, tellPercentiles } from './measure-requests.ts'
import { OPERATOR_SEARCHES } from './operator-searches.ts'
import { pagesOf } from './read-lists.ts'
import { repeat, type Asker } from './requests.ts'
import { ALL, pathOfSearch } from './searches.ts'
import { asTeam, type Team } from './team.ts'

/** Milliseconds at the 99th percentile. */
const MOST_MS = { list: 10, search: 300, open: 50 }
const DRAFTS = 50
const PAGES = 100

export async function inbox(bench: Bench): Promise<void> {
  await onYearsOfMail(bench, (stage) =>
    asTeam(stage, async (team) => {
      await countMessages(bench, team)
      // First: words and conversations are read for the first time since PostgreSQL started.
      await searches(bench, team)
      await openings(bench, team)
      await lists(bench, team)
      await drafts(bench, team)
      await bulkChanges(bench, team)
    }),
  )
}

async function countMessages({ tell }: Bench, { database, accountIds }: Team): Promise<void> {
  const { rows } = await database.query<{ messages: number; conversations: number }>(
    `SELECT sum(message_count)::integer AS messages, count(*)::integer AS conversations FROM conversations
     WHERE email_account_id = ANY($1)`,
    [accountIds],
  )
  for (const unit of ['messages', 'conversations'] as const) {
    tell({ name: `${unit} of the team`, value: rows[0]![unit], unit })
  }
}

async function searches(bench: Bench, team: Team): Promise<void> {
  const times = bench.quick ? 20 : 100
  for (const { name, textOf } of OPERATOR_SEARCHES) {
    const found: number[] = []
    const ask = async (asker: Asker, n: number) => {
      const answered = await asker.ask(pathOfSearch(textOf(n)))
      if (asker === team.asker) found.push(sizeOf(answered.text))
      return answered
    }
    for (const when of ['first time', 'warm']) {
      tellPercentiles(bench, `search ${name}, ${when}`, await besideBare(team, times, 1, ask), MOST_MS.search)
    }
    bench.tell({ name: `results of a search ${name}, p50`, value: percentile(found, 50), unit: 'conversations' })
  }
}

/** Each conversation once, so that none was read before. */
async function openings(bench: Bench, team: Team): Promise<void> {
  const { rows } = await team.database.query<{ id: string }>(
    `SELECT id FROM conversations WHERE email_account_id = ANY($1) ORDER BY md5(id::text) LIMIT $2`,
    [team.accountIds, bench.quick ? 100 : 400],
  )
  const ask = (asker: Asker, n: number) => asker.ask(`/v1/conversations/${rows[n]!.id}?limit=50`)
  tellPercentiles(bench, 'open a conversation, cold', await besideBare(team, rows.length, 1, ask), MOST_MS.open)
}

async function lists(bench: Bench, team: Team): Promise<void> {
  const pages = await pagesOf(team.asker, ALL, PAGES)
  const view = (name: string) => () => `/v1/conversations?view=${name}&limit=50`
  for (const [name, pathOf, mostMs] of [
    ['list of open conversations', view('open'), MOST_MS.list],
    ['list of all conversations, any page', (n) => pages[(n * 7919) % pages.length]!.path, MOST_MS.list],
    ['list of Needs reply', view('needs-reply'), MOST_MS.list],
    ['list of Sent', view('sent'), MOST_MS.list],
    ['list of Spam', view('spam'), MOST_MS.list],
    ['counts of all views', () => '/v1/conversations/counts', undefined],
  ] satisfies [string, (n: number) => string, number | undefined][]) {
    if (mostMs !== undefined && sizeOf((await team.asker.ask(pathOf(0))).text) === 0) throw new Error(`empty: ${name}`)
    await list(bench, team, name, pathOf, mostMs)
  }
}

async function list(
  bench: Bench,
  team: Team,
  name: string,
  pathOf: (n: number) => string,
  mostMs: number | undefined,
): Promise<void> {
  await repeat(50, 5, (n) => team.asker.ask(pathOf(n)))
  const ask = (asker: Asker, n: number) => asker.ask(pathOf(n))
  tellPercentiles(bench, name, await besideBare(team, bench.quick ? 100 : 400, 1, ask), mostMs)
}

/** The team writes these drafts, and deletes them at the end. */
async function drafts(bench: Bench, team: Team): Promise<void> {
  const ids: string[] = []
  try {
    for (let n = 0; n < DRAFTS; n++) {
      const content = { to: [], cc: [], bcc: [], subject: `Order ${n}`, text: 'Good morning' }
      const body = { emailAccountId: team.accountIds[n % team.accountIds.length], content }
      const { text } = await team.asker.ask('/v1/drafts', { method: 'POST', body })
      ids.push((JSON.parse(text) as { id: string }).id)
    }
    await list(bench, team, `list of ${DRAFTS} drafts`, () => '/v1/drafts', MOST_MS.list)
  } finally {
    for (const id of ids) await team.asker.ask(`/v1/drafts/${id}`, { method: 'DELETE' })
  }
}

/** Number of conversations in a response. */
function sizeOf(text: string): number {
  return (JSON.parse(text) as { conversations: unknown[] }).conversations.length
}
