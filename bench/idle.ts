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
import { readCommand, listFamily, sumMemoryBytes } from './process-figures.ts'
import { SERVER_FLAGS } from './server-flags.ts'

const MB = 1024 * 1024
const WANTED = { megabytesOf200: 500, restartMs: 5000 }
const PATIENCE_MS = 120_000

export async function idle({ quick, tell, say }: Bench): Promise<void> {
  for (const count of quick ? [1, 20] : [1, 50, 200]) {
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
      await stop(first)

      const began = performance.now()
      const second = await start(dovecot, databaseUrl, users)
      await untilWatched(dovecot, count)
      tell({
        ...{ name: `${count} accounts watched after a new start`, value: performance.now() - began, unit: 'ms' },
        wanted: { atMost: WANTED.restartMs },
      })
      await stop(second)
    })
  }
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

async function start(dovecot: Dovecot, databaseUrl: string, users: readonly string[]): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'idle-process.ts')
  const child = fork(program, [String(dovecot.imapPort), databaseUrl, ...users], { execArgv: SERVER_FLAGS })
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
  // One client and 200 watched accounts need this; the default limit is ten per address. A single login process serves
  // all of them: a new one for each sign-in, the default, takes longer than the sign-in.
  const extra = `mail_max_userip_connections = 50
service imap {
  process_limit = 1000
}
service imap-login {
  client_limit = 1000
  restart_request_count = unlimited
}`
  const dovecot = await startDovecot({
    users: Object.fromEntries([...users, BESIDE].map((user) => [user, 'pw'])),
    extra,
  })
  const postgres = await startEmbeddedPostgres({ dataFolder: folder })
  try {
    await work(dovecot, postgres.url, () => listFamily(process.pid).filter((pid) => isPostgres(readCommand(pid))))
  } finally {
    await postgres.stop()
    await dovecot.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
