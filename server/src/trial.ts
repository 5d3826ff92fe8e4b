/**
 * An installation whose PostgreSQL is embedded and whose data is in `POSTKEY_DATA`, for trials: `postkey start`, and
 * commands beside it. With `DATABASE_URL`, the database is that one, as for `postkey serve`.
 */
import { hasDatabase, readConfig, readDatabaseUrl, readDataFolder } from './config.ts'
import type { FindDatabaseOptions, FoundDatabase } from './cli/index.ts'
import { holdMailOfCopy } from './copied-data.ts'
import { joinEmbeddedPostgres, killEmbeddedPostgres, startEmbeddedPostgres } from './database/index.ts'
import { systemClock } from './kernel/clock.ts'
import { Secret } from './kernel/secret.ts'
import type { FoundInstallation } from './postkey.ts'
import { reportFatal, type ProcessEnd } from './process/index.ts'
import type { ServerSettings } from './run-server.ts'
import type { Environment } from './variables.ts'

const DEFAULT_PORT = '8400'
/** Stands for the URL of a PostgreSQL that has not started yet. */
const NOT_STARTED = 'postgresql://embedded'

/**
 * Starts PostgreSQL and returns the settings of the server. PostgreSQL ends with the process, after the server.
 *
 * @param failed  exit code when PostgreSQL doesn't stay up
 */
export async function startTrial(env: Environment, processEnd: ProcessEnd, failed: number): Promise<ServerSettings> {
  const settings = settingsOf(env)
  if (hasDatabase(env)) return { config: readConfig(settings) }

  // Reports wrong settings before anything is started.
  readConfig({ ...settings, DATABASE_URL: NOT_STARTED })
  const dataFolder = readDataFolder(env)
  // Files of Postkey are readable only by their owner.
  process.umask(0o077)
  const starting = startEmbeddedPostgres({ dataFolder, binFolder: postgresBinOf(env) })
  // Registered before it has started, so that an interrupted start leaves no process behind.
  processEnd.add({
    name: 'PostgreSQL',
    close: async () => (await starting.catch(() => undefined))?.stop(),
    kill: () => killEmbeddedPostgres(dataFolder),
  })
  const postgres = await starting
  const finding = await holdMailOfCopy(postgres, systemClock)
  if (finding) process.stderr.write(`${finding}\n`)
  return {
    config: readConfig({ ...settings, DATABASE_URL: postgres.url }),
    folders: [{ path: dataFolder, content: 'data folder' }],
    onLog: (log) =>
      postgres.keepRunning({
        log,
        onGivenUp(error) {
          const sentence = 'PostgreSQL does not stay up, and Postkey ends with it'
          reportFatal(error, { logFile: processEnd.logFile, exitCode: failed, sentence })
          void processEnd.end(failed)
        },
      }),
  }
}

/** Finds the installation for a command: that of `DATABASE_URL`, otherwise the trial in `POSTKEY_DATA`. */
export async function findInstallation(env: Environment): Promise<FoundInstallation> {
  if (!isTrial(env)) return { config: readConfig(env), leave: async () => undefined }
  const { url, leave } = await findDatabase(env)
  try {
    return { config: readConfig({ ...settingsOf(env), DATABASE_URL: url.reveal() }), leave }
  } catch (error) {
    await leave()
    throw error
  }
}

/** Finds the database for a command that needs no keys and no settings. */
export async function findDatabase(env: Environment, options?: FindDatabaseOptions): Promise<FoundDatabase> {
  if (!isTrial(env)) return { url: readDatabaseUrl(env), leave: async () => undefined }
  const postgres = await joinEmbeddedPostgres(readDataFolder(env), { ...options, binFolder: postgresBinOf(env) })
  return { url: new Secret(postgres.url), leave: () => postgres.stop() }
}

/** Folder of an installed PostgreSQL, which replaces the built-in one. */
export function postgresBinOf({ POSTKEY_POSTGRES_BIN }: Environment): string | undefined {
  return POSTKEY_POSTGRES_BIN?.trim() || undefined
}

export function isTrial(env: Environment): boolean {
  return !hasDatabase(env) && Boolean(env.POSTKEY_DATA)
}

function settingsOf(env: Environment): Environment {
  const port = env.PORT?.trim() || DEFAULT_PORT
  return { ...env, PUBLIC_URL: env.PUBLIC_URL?.trim() || `http://localhost:${port}` }
}
