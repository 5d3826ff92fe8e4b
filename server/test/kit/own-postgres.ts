import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { startEmbeddedPostgres } from '../../src/database/index.ts'

/** PostgreSQL of one test, which can be frozen. */
export interface OwnPostgres {
  readonly url: string
  /**
   * Stops the postmaster, and its backends unless `backends` is false (SIGSTOP): sockets stay open, but get no answer.
   */
  freeze(options?: { backends?: boolean }): void
  thaw(): void
}

/** Starts a PostgreSQL that stops with the file or the `describe` that started it. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  // Outside of temporary folders that only their owner may enter: as root, PostgreSQL runs as another user.
  const folder = mkdtempSync('/var/tmp/postkey-own-postgres-')
  chmodSync(folder, 0o711)
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, durable: false })
  const postmaster = Number(readFileSync(join(folder, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
  let frozen: number[] = []

  function thaw(): void {
    for (const pid of frozen) signal(pid, 'SIGCONT')
    frozen = []
  }

  afterAll(async () => {
    thaw()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    url: postgres.url,
    freeze({ backends = true } = {}) {
      frozen = backends ? [postmaster, ...childrenOf(postmaster)] : [postmaster]
      for (const pid of frozen) signal(pid, 'SIGSTOP')
    },
    thaw,
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === parent)
}

function parentOf(pid: number): number | undefined {
  try {
    // The process name, in parentheses, may contain any text.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1])
  } catch {
    return undefined
  }
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name)
  } catch {
    // PostgreSQL ended in between.
  }
}
