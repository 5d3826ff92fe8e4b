/**
 * The alert rules of `deploy/monitoring`, evaluated by Prometheus itself on metrics of this server. Each condition is
 * brought about in the database; the scrapes before and after it become the time series of a promtool test.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { createDatabase } from '../../database/index.ts'
import { newId } from '../../kernel/ids.ts'
import { createLogWriter } from '../../kernel/log-writer.ts'
import { createRounds } from '../../kernel/rounds.ts'
import { createMetrics } from '../metrics.ts'
import {
  changed,
  constant,
  createTestApp,
  createTestClock,
  hasPromtool,
  promtool,
  promtoolTest,
  readSamples,
  silentLog,
  startSilentProxy,
  storeEmailAccount,
  testDatabase,
  WAIT,
} from '../../../test/kit/index.ts'

const FOLDER = join(import.meta.dirname, '../../../../deploy/monitoring')
const RULES = join(FOLDER, 'postkey-alerts.yaml')
const rulesText = readFileSync(RULES, 'utf8')
const dashboard = JSON.parse(readFileSync(join(FOLDER, 'postkey-dashboard.json'), 'utf8')) as {
  panels: { title: string; targets: { expr: string }[] }[]
}
const BACKUP_AT = 'postkey_backup_last_success_timestamp_seconds'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const folder = mkdtempSync(join(tmpdir(), 'postkey-alerts-'))
afterAll(() => rmSync(folder, { recursive: true }))

const database = await testDatabase()
const { pool } = database
const clock = createTestClock()
const { rooms } = await createTestApp(database, clock)
const metrics = createMetrics(rooms)
const ago = (ms: number) => new Date(clock.now().getTime() - ms)
const account = await storeEmailAccount(database, clock)
const paused = await storeEmailAccount(database, clock)
const other = await storeEmailAccount(database, clock)
await pool.query(`UPDATE email_accounts SET state = 'paused' WHERE id = $1`, [paused.id])
await pool.query('UPDATE account_sync_states SET last_read_at = $1', [clock.now()])
await pool.query('UPDATE account_sync_states SET last_read_at = $1 WHERE email_account_id = $2', [
  ago(DAY_MS),
  paused.id,
])
await submit('queued', DAY_MS, paused.id)
for (const { cloudProviderId } of [account, other]) await storeSecret(cloudProviderId, ago(-90 * DAY_MS))

/** Its series begins before it is abandoned, as for each task of a server. */
const roundErrors: unknown[] = []
const rounds = createRounds({
  name: 'test.alert-rules',
  deadlineMs: 1,
  run: (over) => new Promise((end) => over.addEventListener('abort', () => end())),
  onError: (error) => roundErrors.push(error),
})
rounds.start()
afterAll(() => rounds.stop())

/** Conditions stay: each adds its alerts to those before it. */
const CONDITIONS: readonly { alerts: readonly string[]; bring: () => Promise<unknown> }[] = [
  { alerts: ['PostkeyMailboxSilent'], bring: () => readLast(account.id, 21 * MINUTE_MS) },
  { alerts: ['PostkeyOutboxOld'], bring: () => submit('queued', 16 * MINUTE_MS) },
  { alerts: ['PostkeyMessageUndecided'], bring: () => submit('unknown', 0) },
  { alerts: ['PostkeyIncidentOpen'], bring: openIncident },
  { alerts: ['PostkeyEventLag'], bring: () => append('message.received', 6 * MINUTE_MS) },
  { alerts: ['PostkeyCredentialExpires'], bring: () => moveExpiry(account.cloudProviderId, ago(-13 * DAY_MS)) },
  { alerts: ['PostkeyCredentialExpired'], bring: () => moveExpiry(other.cloudProviderId, ago(HOUR_MS), 'refused') },
  { alerts: ['PostkeyTaskAbandoned'], bring: abandonRound },
  {
    alerts: ['PostkeyLogLinesDropped'],
    bring: async () => createLogWriter({ sink: fullDisk, maxBytes: 1 }).write('a line\n'),
  },
]

it('names only metrics that the server has, in rules and dashboard', async () => {
  const known = new Set([...(await metrics.read()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(namesOf))
  const expressions = [rulesText, ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))]
  const used = new Set(
    expressions.flatMap((text) => [...text.matchAll(/\b(?:postkey|process|nodejs)_[a-z\d_]+/g)].map(([name]) => name)),
  )

  expect(used.size).toBeGreaterThan(15)
  expect([...used].filter((name) => !known.has(name))).toEqual([])
})

it('has the metrics of the documentation, and no other', async () => {
  const page = readFileSync(join(FOLDER, '../../docs/admin/running.md'), 'utf8')
  const documented = [...page.matchAll(/^\| `(postkey_\w+)` /gm)].map(([, name]) => name)
  const served = [...(await metrics.read()).matchAll(/^# TYPE (postkey_\w+) /gm)].map(([, name]) => name)

  expect(documented.sort()).toEqual(served.sort())
})

it.skipIf(!hasPromtool)(
  `fires each alert rule in its condition alone${hasPromtool ? '' : ' (skipped: promtool is not installed)'}`,
  async () => {
    const healthy = await scrape()
    const seen = new Set<string>()
    const tests: ReturnType<typeof promtoolTest>[] = []
    const expectAlerts = (
      fired: readonly string[],
      series: Parameters<typeof promtoolTest>[1]['series'],
      more: { isUp?: boolean; hours?: number } = {},
    ) => {
      for (const alert of fired) seen.add(alert)
      tests.push(promtoolTest(`${tests.length}: ${fired.join()}`, { series, fired: [...fired], ...more }))
    }
    const serverSeries = (name: string, values: string) => [{ series: `${name}{job="postkey",instance="a"}`, values }]

    expectAlerts([], [constant(healthy)])
    expectAlerts(['PostkeyDatabaseDown'], [changed(healthy, await scrapeWithoutDatabase())])
    const fired: string[] = []
    for (const { alerts, bring } of CONDITIONS) {
      await bring()
      fired.push(...alerts)
      expectAlerts(fired, [changed(healthy, await scrape())])
    }
    expectAlerts(['PostkeyDown'], [constant(healthy), serverSeries('up', '1x9 0x49')], { isUp: false })
    expectAlerts(['PostkeyDown'], [constant(healthy)], { isUp: false })
    expectAlerts(['PostkeyRestarts'], [serverSeries('process_start_time_seconds', '1 1 60 60 120 120 180x50')])
    expectAlerts([], [serverSeries('process_start_time_seconds', '1 1 60 60 120x50')])
    // Time starts at 0 in promtool, so the backup is 36 hours old after half an hour.
    expectAlerts(['PostkeyBackupOld'], [serverSeries(BACKUP_AT, `${-35.5 * 3600}x60`)])
    expectAlerts([], [serverSeries(BACKUP_AT, `${-34 * 3600}x60`)])
    expectAlerts(['PostkeyBackupMissing'], [], { hours: 25 })

    expect([...seen].sort()).toEqual([...rulesText.matchAll(/alert: (\w+)/g)].map(([, name]) => name).sort())
    const file = join(folder, 'tests.json')
    writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: '1m', tests }))
    expect(promtool('test', 'rules', file)).toContain('SUCCESS')
  },
)

it.skipIf(!hasPromtool)(
  `has valid expressions in rules and dashboard${hasPromtool ? '' : ' (skipped: promtool is not installed)'}`,
  () => {
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    const rules = expressions.map((expr, index) => ({
      record: `panel:number:${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
    }))
    const file = join(folder, 'dashboard.json')
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))

    expect(promtool('check', 'rules', RULES, file)).not.toContain('FAILED')
  },
)

async function scrape(read = metrics.read) {
  return readSamples(await read(), { wanted: (name) => rulesText.includes(name), now: clock.now() })
}

async function scrapeWithoutDatabase() {
  const proxy = await startSilentProxy(database.url)
  const unreachable = await createDatabase(proxy.url, { log: silentLog })
  proxy.stop()
  try {
    return await scrape(createMetrics({ ...rooms, database: unreachable }).read)
  } finally {
    await unreachable.close()
  }
}

function namesOf([, name = '', type]: RegExpMatchArray): string[] {
  return type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => name + end) : [name]
}

function readLast(id: string, msAgo: number) {
  return pool.query('UPDATE account_sync_states SET last_read_at = $1 WHERE email_account_id = $2', [ago(msAgo), id])
}

function submit(state: string, msAgo: number, accountId: string = account.id) {
  return pool.query(
    `INSERT INTO submissions (id, email_account_id, submitted_by, idempotency_key, request_hash, message_id, content,
       state, due_at, created_at) VALUES ($1::uuid, $2, 'person:anna', $1::text, '', $1::text, '{}', $3, $4, $4)`,
    [newId(), accountId, state, ago(msAgo)],
  )
}

function openIncident() {
  return pool.query(
    `INSERT INTO incidents (id, cause, cause_key, subject_name, code, since, opened_at)
     VALUES ($1, 'person', 'x', 'Alex', 'tokens.grant_ended', $2, $2)`,
    [newId(), clock.now()],
  )
}

function append(kind: 'message.received', msAgo: number) {
  const payload = { conversationId: newId(), direction: 'in' as const }
  const event = { kind, emailAccountId: account.id, subjectId: newId(), payload, at: ago(msAgo) }
  return database.transaction((tx) => rooms.events.append(tx, event))
}

function storeSecret(cloudProviderId: string, expiresAt: Date) {
  return pool.query(
    `INSERT INTO provider_credentials (id, cloud_provider_id, kind, sealed, key_id, ends_at, works_since, created_at)
     VALUES ($1, $2, 'secret', '', 'stored', $3, $4, $4)`,
    [newId(), cloudProviderId, expiresAt, clock.now()],
  )
}

function moveExpiry(cloudProviderId: string, expiresAt: Date, standing: 'works' | 'refused' = 'works') {
  return pool.query(
    `UPDATE provider_credentials SET ends_at = $2, works_since = CASE WHEN $3 = 'works' THEN works_since END,
       refused_since = CASE WHEN $3 = 'refused' THEN now() END WHERE cloud_provider_id = $1`,
    [cloudProviderId, expiresAt, standing],
  )
}

async function abandonRound(): Promise<void> {
  await vi.waitFor(() => {
    rounds.poke()
    expect(roundErrors).not.toEqual([])
  }, WAIT)
}

const fullDisk = { write: () => undefined, writeSync: () => 0 }
