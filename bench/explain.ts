/** Plans of the statements of the product among 1,000,000 messages, as PostgreSQL executed them. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createControlPanel } from '../proofs/drill/control-panel.ts'
import type { Bench } from './figures.ts'
import { onYearsOfMail } from './large/kept-place.ts'
import { readPlans } from './plans.ts'
import { pagesOf } from './read-lists.ts'
import { ALL, pathOfSearch, SEARCHES } from './searches.ts'
import type { MailStage } from './stage.ts'
import { TEXT } from './submissions.ts'

const SETTINGS = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_format': 'json',
}
const MOST_STATEMENTS = 6
const IDLE_MS = 5 * 60_000
const WAIT_MS = { usual: 2000, idle: 20_000 }

interface Action {
  name: string
  /** Statements that belong to it. Others run at any time. */
  of: RegExp
  act: () => Promise<unknown>
  /** Time in which the work that follows it ends. */
  waitMs?: number
}

export async function explain(bench: Bench): Promise<void> {
  await onYearsOfMail(bench, async (stage) => {
    await changeSettings(stage)
    try {
      for (const action of await actionsOn(stage)) await explainAction(bench, stage, action)
    } finally {
      await stage.database.query('ALTER DATABASE postkey RESET ALL')
    }
  })
}

/** Only new sessions have the settings, so the server has to connect again. */
async function changeSettings({ database }: MailStage): Promise<void> {
  for (const [name, value] of Object.entries(SETTINGS)) {
    await database.query(`ALTER DATABASE postkey SET ${name} = '${value}'`)
  }
  await database.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  await pause(WAIT_MS.usual)
}

async function actionsOn({ asker, database, postkey }: MailStage): Promise<Action[]> {
  const one = async (statement: string) => (await database.query<{ id: string }>(statement)).rows[0]!.id
  const long = await one('SELECT id FROM conversations ORDER BY message_count DESC LIMIT 1')
  const connected = await one(`SELECT id FROM email_accounts WHERE state <> 'paused' LIMIT 1`)
  const pages = await pagesOf(asker, ALL, 100)
  const controlPanel = await createControlPanel(postkey.sandbox.controlPanel, postkey.address)
  const submission = {
    ...{ emailAccountId: connected, cc: [], bcc: [], subject: 'Order', text: TEXT },
    to: [{ name: '', address: 'customer@customer.example' }],
  }
  return [
    { name: 'list', of: /conversations/, act: () => asker.ask(pages[0]!.path) },
    { name: 'list, page 100', of: /conversations/, act: () => asker.ask(pages.at(-1)!.path) },
    ...SEARCHES.map(({ name, texts }) => ({
      ...{ name: `search of ${name}`, of: /search_|hit_place/ },
      act: () => asker.ask(pathOfSearch(texts[0]!)),
    })),
    {
      ...{ name: 'conversation', of: /messages|notes|drafts|submissions/ },
      act: () => asker.ask(`/v1/conversations/${long}?limit=50`),
    },
    {
      ...{ name: 'claim', of: /submissions/ },
      act: () => asker.ask('/v1/submissions', { method: 'POST', body: submission, headers: idempotent() }),
    },
    {
      name: 'idle round',
      of: /sync_states|folders|graph_subscriptions/,
      act: () => controlPanel.move(IDLE_MS),
      waitMs: WAIT_MS.idle,
    },
  ]
}

async function explainAction(
  { tell }: Bench,
  { postkey }: MailStage,
  { name, of, act, waitMs = WAIT_MS.usual }: Action,
): Promise<void> {
  const file = join(postkey.place.dataFolder, 'postgres.log')
  await act()
  await pause(waitMs)
  // The second time: its blocks are in memory.
  const { size } = statSync(file)
  await act()
  await pause(waitMs)
  const plans = readPlans(readFileSync(file).subarray(size).toString()).filter(({ text }) => of.test(text))
  tell({ name: `${name}: all`, value: plans.reduce((sum, { ms }) => sum + ms, 0), unit: 'ms' })
  tell({ name: `${name}: statements`, value: plans.length, unit: 'statements' })
  for (const { text, ms, blocks, read, nodes } of plans.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_STATEMENTS)) {
    tell({ name, value: ms, unit: 'ms', details: [`${blocks} blocks, ${read} read`, text, ...nodes] })
  }
}

function idempotent(): Record<string, string> {
  return { 'idempotency-key': crypto.randomUUID() }
}
