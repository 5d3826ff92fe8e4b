import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { readDatabaseUrl } from '../../proofs/walk/traces.ts'
import type { Place } from '../../proofs/walk/started-postkey.ts'

/** USER_HZ, which is 100 on every Linux that runs Node. */
const TICKS_PER_SECOND = 100

/** Makes the next start of the embedded PostgreSQL count statements. */
export function prepareCounting(place: Place): Promise<void> {
  return withClient(place, async (client) => {
    await client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  })
}

/** Statements so far; BEGIN and COMMIT are statements, too. */
export function countStatements(place: Place): Promise<number> {
  return withClient(place, async (client) => {
    const { rows } = await client.query<{ calls: number }>('SELECT sum(calls)::float8 AS calls FROM pg_stat_statements')
    return rows[0]!.calls
  })
}

/** CPU seconds so far of the server alone, and with PostgreSQL and the sandbox. */
export function cpuSecondsOf(pid: number): { server: number; all: number } {
  const processes = new Map<number, { parent: number; cpuSeconds: number }>()
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) && statOf(Number(name))
    if (found) processes.set(Number(name), found)
  }
  const isOfFamily = (one: number): boolean =>
    one === pid || (processes.has(one) && isOfFamily(processes.get(one)!.parent))
  let all = 0
  for (const [one, { cpuSeconds }] of processes) if (isOfFamily(one)) all += cpuSeconds
  return { server: processes.get(pid)?.cpuSeconds ?? 0, all }
}

async function withClient<T>(place: Place, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: readDatabaseUrl(place) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** @see proc(5) */
function statOf(pid: number): { parent: number; cpuSeconds: number } | undefined {
  try {
    // The name of the program stands in parentheses and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return { parent: Number(fields[1]), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND }
  } catch {
    // It has ended.
    return undefined
  }
}
