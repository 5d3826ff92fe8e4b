import type { Bench } from './figures.ts'
import { tellPercentiles } from './measure-requests.ts'
import { pagesOf } from './read-lists.ts'
import type { Team } from './team.ts'

/** Conversations of one request, and of one page of a list. */
const [BULK, PAGE] = [500, 100]

/** Closes 500 conversations by one request and reopens them by its undo, always others, so that the kept mail stays. */
export async function bulkChanges(bench: Bench, team: Team): Promise<void> {
  const times = bench.quick ? 2 : 40
  const pages = await pagesOf(team.asker, `/v1/conversations?view=open&limit=${PAGE}`, (times * BULK) / PAGE)
  const ids = pages.flatMap((page) => page.ids)
  const durations: Record<'close' | 'reopen', { each: number[]; plain: number[] }> = {
    close: { each: [], plain: [] },
    reopen: { each: [], plain: [] },
  }
  for (let n = 0; n < times; n++) {
    const some = ids.slice(n * BULK, (n + 1) * BULK)
    const body = { ids: some, action: { kind: 'close' } }
    const { undo } = await change(team, body, durations.close)
    for (const step of undo) await change(team, step, durations.reopen)
  }
  tellPercentiles(bench, `bulk close of ${BULK}`, durations.close)
  tellPercentiles(bench, `bulk reopen of ${BULK}`, durations.reopen)
  // Autovacuum does this some time after so many writes.
  await team.database.query('VACUUM (ANALYZE) conversations')
}

interface BulkBody {
  ids: string[]
  action: { kind: string }
}

async function change(
  { asker, bare }: Team,
  body: BulkBody,
  { each, plain }: { each: number[]; plain: number[] },
): Promise<{ undo: BulkBody[] }> {
  const request = { method: 'POST', body }
  const { ms, text } = await asker.ask('/v1/conversations/bulk', request)
  const { changed, undo } = JSON.parse(text) as { changed: string[]; undo: BulkBody[] }
  if (changed.length !== BULK) throw new Error(`${body.action.kind} changed ${changed.length} conversations of ${BULK}`)
  await bare.answer(text)
  each.push(ms)
  plain.push((await bare.asker.ask('/', request)).ms)
  return { undo }
}
