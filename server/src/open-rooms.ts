/** Opens the rooms of an installation: its database, clouds and keys, and the rooms on them. */
import { createKeyRecords, loadClouds } from './cloud-providers/index.ts'
import { composeRooms } from './compose-rooms.ts'
import type { Foundation, Overrides } from './foundation.ts'
import type { Config } from './config.ts'
import { createDatabase, migrate, requireMigrated, waitForDatabase } from './database/index.ts'
import type { WatchedVolume } from './disk-space/index.ts'
import type { Clock } from './kernel/clock.ts'
import type { Log } from './kernel/log.ts'
import { VERSION } from './kernel/version.ts'
import { openKeys } from './keys.ts'
import { createClosing } from './process/index.ts'

export interface OpeningOptions {
  /** A command at the terminal does not migrate the database: a server of the old version may run on it. */
  withoutMigrating?: boolean | undefined
  /** Folders whose free space is watched. */
  folders?: readonly WatchedVolume[] | undefined
  /** Id of a key that is lost permanently. */
  giveUpKey?: string | undefined
  /** Waits for an unreachable database until aborted. Without it, one attempt is made. */
  signal?: AbortSignal | undefined
  wrap?: Wrapper | undefined
}

/** Replaces the clock, the database or parts of rooms before the rooms are composed. Adds what it opens to `closing`. */
export type Wrapper = (
  found: Pick<Foundation, 'log' | 'clock' | 'database' | 'clouds' | 'closing'>,
) => Promise<Pick<Foundation, 'clock' | 'database'> & { overrides?: Overrides }>

export type OpenedRooms = Awaited<ReturnType<typeof openRooms>>

/** Opens the rooms. Nothing listens and no recurring work runs until the services are started. */
export async function openRooms(config: Config, log: Log, machineClock: Clock, options: OpeningOptions = {}) {
  const closing = createClosing(log)
  const { signal } = options
  try {
    const connect = () => createDatabase(config.databaseUrl.reveal(), { log })
    const database = await (signal ? waitForDatabase(connect, { log, signal }) : connect())
    closing.add('database', 'database', () => database.close())
    if (options.withoutMigrating) await requireMigrated(database)
    const applied = options.withoutMigrating ? [] : await migrate(database, machineClock, undefined, { log, signal })
    if (applied.length > 0) log.info({ applied }, 'The database was brought up to this version')
    const clouds = await loadClouds(config.cloudsFile)
    const found = { log, clock: machineClock, database, clouds, closing }
    const { overrides, ...wrapped } = { ...found, ...(await options.wrap?.(found)) }
    const keyRecords = createKeyRecords(database)
    const keys = await openKeys(config.keys, keyRecords, wrapped.clock, options.giveUpKey)
    const { folders } = options
    const foundation = { config, version: VERSION, keyRecords, folders, ...keys, ...wrapped }
    return { ...composeRooms(foundation, overrides), closing, close: () => closing.close() }
  } catch (error) {
    await closing.close().catch((err: unknown) => log.warn({ err }, 'The start was undone in part'))
    throw error
  }
}
