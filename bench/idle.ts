/** Accounts on a real Dovecot that are watched and idle: memory, a new start, and how soon an arrival is told. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startDovecot, type Dovecot } from '../mail-servers/index.ts'
import { startEmbeddedPostgres } from '../server/src/database/index.ts'
import { arrivals, BESIDE } from './arrivals.ts'
import type { Bench } from './figures.ts'
import { countStatements, measureIdleCosts } from './idle-costs.ts'
import { readCommand, listFamily, sumMemoryBytes } from './process-figures.ts'
import { SERVER_FLAGS } from './server-flags.ts'

const MB = 1024 * 1024
const WANTED = { megabytesOf200: 500, restartMs: 5000, restartMsOf1000: 10_000, statements: 2000, walMbPerDay: 300 }
/** Accounts of which the cost of an idle minute is measured. */
const MANY = 1000
const PATIENCE_MS = 120_000

export async function idle({ quick, tell, say }: Bench): Promise<void> {
  const counts = quick ? [1, 20] : [1, 200, MANY]
  for (const count of counts) {
    const users = Array.from({ length: count }, (_, n) => `user-${n}@contoso.example`)
    await withServers(users, async (dovecot, databaseUrl, postgresPids) => {
      say(`${count} accounts`)
      const first = await start(dovecot, databaseUrl, users)
      await untilWatched(dovecot, count)
      await pause(3000)
      const bytes = sumMemoryBytes([first.pid!, ...postgresPids()])
      tell({
        ...{ name: `memory with ${count} idle accounts, PostgreSQL included`, value: bytes / MB, unit: 'MB' },
        ...(count === 200 && { wanted: { atMost: WANTED.megabytesOf200 } }),
      })
      tell({ name: `of it the server, ${count} accounts`, value: sumMemoryBytes([first.pid!]) / MB, unit: 'MB' })
      if (count === 1) await arrivals({ quick, tell }, dovecot, first, users[0]!)
      if (count === counts.at(-1)) await idleMinute({ tell }, databaseUrl, count)
      await stop(first)

      const began = performance.now()
      const second = await start(dovecot, databaseUrl, users)
      await untilWatched(dovecot, count)
      const value = performance.now() - began
      await stop(second)
      tell({
        ...{ name: `${count} accounts watched after a new start`, value, unit: 'ms' },
        baseline: await plainStart(dovecot, users),
        wanted: { atMost: count === MANY ? WANTED.restartMsOf1000 : WANTED.restartMs },
      })
    })
  }
}

async function idleMinute({ tell }: Pick<Bench, 'tell'>, databaseUrl: string, count: number): Promise<void> {
  const { runs, statements, walBytesADay } = await measureIdleCosts(databaseUrl)
  const at = (name: string) => `${name}, ${count} idle accounts`
  const isMany = count === MANY
  tell({ name: at('runs of sync in a minute'), value: runs, unit: 'runs' })
  tell({
    ...{ name: at('statements in a minute'), value: statements, unit: 'statements' },
    ...(isMany && { wanted: { atMost: WANTED.statements } }),
  })
  tell({
    ...{ name: at('WAL in a day'), value: walBytesADay / MB, unit: 'MB' },
    ...(isMany && { wanted: { atMost: WANTED.walMbPerDay } }),
  })
}

/** Milliseconds until a program that only waits watches all of them. */
async function plainStart(dovecot: Dovecot, users: readonly string[]): Promise<number> {
  const beganAt = performance.now()
  const child = await startChild('plain-idle.ts', [String(dovecot.imapPort), ...users])
  const ms = performance.now() - beganAt
  await stop(child)
  return ms
}

/** Dovecot has a connection of each of them. */
async function untilWatched(dovecot: Dovecot, count: number): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const users = new Set((await dovecot.doveadm(['who'])).match(/user-\d+@/g))
    if (users.size >= count) return
    if (performance.now() > until) throw new Error(`only ${users.size} of ${count} accounts are watched`)
    await pause(50)
  }
}

/** The server is given the address of a database, which says so, too. */
function isPostgres(command: string): boolean {
  return /^(?:postgres:|\S*\/postgres )/.test(command)
}

function start(dovecot: Dovecot, databaseUrl: string, users: readonly string[]): Promise<ChildProcess> {
  return startChild('idle-process.ts', [String(dovecot.imapPort), databaseUrl, ...users])
}

/** Starts a program of this folder; resolves with its first message. */
async function startChild(file: string, args: readonly string[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, file), args, { execArgv: SERVER_FLAGS })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code}`)
  })
  await Promise.race([once(child, 'message'), ended])
  ended.catch(() => undefined)
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}

async function withServers(
  users: readonly string[],
  work: (dovecot: Dovecot, databaseUrl: string, postgresPids: () => number[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-bench-'))
  chmodSync(folder, 0o711)
  // One client and 1,000 watched accounts need this; the default limit is ten per address. A single login process serves
  // all of them: a new one for each sign-in, the default, takes longer than the sign-in.
  const extra = `mail_max_userip_connections = 50
service imap {
  process_limit = 2500
}
service imap-login {
  client_limit = 2500
  restart_request_count = unlimited
}`
  const dovecot = await startDovecot({
    users: Object.fromEntries([...users, BESIDE].map((user) => [user, 'pw'])),
    extra,
  })
  const counting = await startEmbeddedPostgres({ dataFolder: folder })
  await countStatements(counting.url)
  await counting.stop()
  const postgres = await startEmbeddedPostgres({ dataFolder: folder })
  try {
    await work(dovecot, postgres.url, () => listFamily(process.pid).filter((pid) => isPostgres(readCommand(pid))))
  } finally {
    await postgres.stop()
    await dovecot.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
