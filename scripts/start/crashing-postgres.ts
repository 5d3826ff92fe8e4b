/**
 * A PostgreSQL for tests that stop it, kill it and restart it on the same data. It has production durability settings.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/database/index.ts'

export interface CrashingPostgres {
  url: string
  /** Path of its Unix socket. */
  socket: string
  user: string
  password: string
  /** Ends and restarts it. `kill` sends SIGKILL, so that it can't write anything to disk. */
  restart(how: 'stop' | 'kill'): Promise<void>
  stop(): Promise<void>
  /** Starts it after `stop`, on the same data. */
  start(): Promise<void>
}

export async function startCrashingPostgres(dataFolder: string): Promise<CrashingPostgres> {
  let running = await startEmbeddedPostgres({ dataFolder })
  const url = new URL(running.url.replace('@/', '@socket/'))
  return {
    url: running.url,
    socket: join(url.searchParams.get('host')!, '.s.PGSQL.5432'),
    user: url.username,
    password: decodeURIComponent(url.password),
    async restart(how) {
      if (how === 'kill') {
        const [pid] = readFileSync(join(dataFolder, 'postgres/data/postmaster.pid'), 'utf8').split('\n')
        process.kill(Number(pid), 'SIGKILL')
      }
      await running.stop()
      running = await startEmbeddedPostgres({ dataFolder })
    },
    stop: () => running.stop(),
    async start() {
      running = await startEmbeddedPostgres({ dataFolder })
    },
  }
}

/** URL of the PostgreSQL that `npm start` runs on a data folder. */
export const runningPostgres = async (dataFolder: string) => (await joinEmbeddedPostgres(dataFolder)).url
