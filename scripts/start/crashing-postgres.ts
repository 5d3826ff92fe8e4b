/** A PostgreSQL for tests that stop it, kill it and start it again on the same data, as durable as that of people. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/database/index.ts'

export interface CrashingPostgres {
  url: string
  /** Of its Unix socket. */
  socket: string
  user: string
  password: string
  /** Ends it and starts it again. `kill`: without a chance to write anything down. */
  restart(how: 'stop' | 'kill'): Promise<void>
  stop(): Promise<void>
  /** After `stop`, on the same data. */
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

/** The address of the PostgreSQL that `npm start` runs on that data folder. */
export const runningPostgres = async (dataFolder: string) => (await joinEmbeddedPostgres(dataFolder)).url
