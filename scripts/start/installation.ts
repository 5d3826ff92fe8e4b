import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasDatabase, readConfig, readDatabaseUrl } from '../../server/src/config.ts'
import { joinEmbeddedPostgres } from '../../server/src/database/index.ts'
import type { FindDatabaseOptions, FoundDatabase } from '../../server/src/cli/index.ts'
import { Secret } from '../../server/src/kernel/secret.ts'
import type { FoundInstallation } from '../../server/src/postkey.ts'
import { postgresBinOf } from '../../server/src/trial.ts'
import type { Environment } from '../../server/src/variables.ts'
import { choosePlaces } from './places.ts'
import { settingsReader, type Settings } from './settings-reader.ts'

const SANDBOX_LIMIT_MS = 1000

/**
 * Finds the installation for a command at the terminal. The environment of `npm run serve` takes precedence over the
 * default location of `npm start`. The installation may be stopped; nothing in it is created or changed.
 */
export async function findInstallation(given: Environment): Promise<FoundInstallation & Settings> {
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value))
  const hasKey = env['POSTKEY_KEY_FILE'] !== undefined || env['POSTKEY_KEY'] !== undefined
  // `npm run serve` requires these, and `npm start` does not use PUBLIC_URL.
  if (hasKey && hasDatabase(env) && env['PUBLIC_URL'] !== undefined)
    return { config: readConfig(env), leave: async () => undefined }

  const { dataFolder, keyFile } = choosePlaces(env)
  const kept = (name: string) => (existsSync(join(dataFolder, name)) ? join(dataFolder, name) : undefined)
  const portFile = kept('port')
  const port = env['PORT'] ?? (portFile === undefined ? undefined : readFileSync(portFile, 'utf8').trim())
  const clock = await clockOfRunningSandbox(kept('sandbox/ports.json'))
  const readSettings = await settingsReader(clock !== undefined)
  const settingsOf = (databaseUrl?: string) =>
    readSettings({
      ...(port !== undefined && { PORT: port, PUBLIC_URL: `http://localhost:${port}` }),
      POSTKEY_CLOUDS_FILE: kept('clouds.json'),
      ...(clock !== undefined && { POSTKEY_CLOCK: clock }),
      ...env,
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
      POSTKEY_DATA: dataFolder,
      POSTKEY_KEY_FILE: keyFile,
    })
  if (hasDatabase(env)) return { ...settingsOf(), leave: async () => undefined }
  const postgres = await joinEmbeddedPostgres(dataFolder, { binFolder: postgresBinOf(env) })
  try {
    return { ...settingsOf(postgres.url), leave: () => postgres.stop() }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

/**
 * Finds the database for a command that needs no keys and no settings. With `create`, the data folder is created if it
 * is missing, as `npm start` does.
 */
export async function findDatabase(env: Environment, options?: FindDatabaseOptions): Promise<FoundDatabase> {
  if (hasDatabase(env)) return { url: readDatabaseUrl(env), leave: async () => undefined }
  const postgres = await joinEmbeddedPostgres(choosePlaces(env).dataFolder, {
    ...options,
    binFolder: postgresBinOf(env),
  })
  return { url: new Secret(postgres.url), leave: () => postgres.stop() }
}

/** Log file of the server: that of the environment, or that of `npm start`, if it exists. */
export function findLogFile(env: Environment): string | undefined {
  if (env['LOG_FILE']) return env['LOG_FILE']
  const file = join(choosePlaces(env).dataFolder, 'postkey.log')
  return existsSync(file) ? file : undefined
}

/**
 * Clock of the running sandbox, so that a command uses the same time as the server. `undefined` without a sandbox,
 * because only a running sandbox can move the clock.
 */
async function clockOfRunningSandbox(portsFile: string | undefined): Promise<string | undefined> {
  if (portsFile === undefined) return undefined
  const { controlPanel } = JSON.parse(readFileSync(portsFile, 'utf8')) as { controlPanel: number }
  const clock = `http://localhost:${controlPanel}/api/clock`
  try {
    return (await fetch(clock, { signal: AbortSignal.timeout(SANDBOX_LIMIT_MS) })).ok ? clock : undefined
  } catch {
    return undefined
  }
}
