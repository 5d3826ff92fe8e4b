import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, expect, it } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import { emailAccountsForTest, testDatabase } from '../../test/kit/index.ts'
import { createStage, pictureOf } from '../../test/sync/stage.ts'

const NODE_24 = join(import.meta.dirname, '../../../scripts/node-24.js')
const BEN = 'ben@contoso.example'
const COUNT = 300
const database = await testDatabase()
const microsoft = await emailAccountsForTest()
const { associate, emailAccounts } = createStage(database, systemClock, new Map())
const started = new Set<ChildProcess>()
afterAll(() => started.forEach((worker) => worker.kill('SIGKILL')))

/** The access token used for the preflight. */
function accessToken(): string {
  return microsoft.requests.at(-1)!.authorization!.replace('Bearer ', '')
}

/** Starts a worker. `chaos`: the step at which it is killed. */
function startWorker(chaos = ''): ChildProcess {
  const script = join(import.meta.dirname, '../../test/sync/worker.ts')
  const worker = spawn(process.execPath, ['--import', NODE_24, script, database.url, microsoft.sandbox.graph, BEN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, WORKER_ACCESS_TOKEN: accessToken(), WORKER_CHAOS: chaos },
  })
  started.add(worker)
  return worker
}

/** Latest event number assigned; visible even while its transaction is open. */
async function eventsGiven(): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT last_value AS n FROM events_id_seq`.execute(database.db)
  return rows[0]!.n
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(2)
}

it('an import whose process is killed within pages loses and duplicates no message', async () => {
  // Received mail instead of drafts, as a migration tool stores it.
  const flags = { id: 'Integer 0x0E07', value: '1' }
  for (let n = 0; n < COUNT; n++) {
    await microsoft.ask(BEN, 'POST', '/me/mailFolders/inbox/messages', {
      subject: `Number ${n}`,
      from: { emailAddress: { address: 'kim@customer.example' } },
      body: { contentType: 'text', content: `Hello ${n}` },
      singleValueExtendedProperties: [flags],
    })
  }
  const { id } = await associate(BEN, await microsoft.open(BEN, 'me'))

  // After a page and before its cursor is stored, after the cursor and before the notification, and within the next
  // page.
  for (const chaos of ['page-read:1', 'before-commit:3', 'committed:4', 'page-read:2']) {
    const [, signal] = (await once(startWorker(chaos), 'exit')) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')
  }
  for (let kills = 0; kills < 2; kills++) {
    const [worker, before] = [startWorker(), await eventsGiven()]
    const enough = before + randomInt(20, 120)
    await until(async () => (await eventsGiven()) >= enough || (await emailAccounts.get(id)).state === 'connected')
    worker.kill('SIGKILL')
    await once(worker, 'exit')
  }
  startWorker()
  await until(async () => (await emailAccounts.get(id)).state === 'connected')

  const picture = await pictureOf(database, id)
  const subjects = picture.map(({ subject }) => subject).filter((subject) => subject.startsWith('Number '))
  expect(new Set(subjects).size).toBe(COUNT)
  expect(subjects).toHaveLength(COUNT)
  const { n } = await database.db
    .selectFrom('events')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('kind', 'in', ['message.imported', 'message.received', 'message.sent'])
    .executeTakeFirstOrThrow()
  expect(n).toBe(picture.length)
}, 120_000)
