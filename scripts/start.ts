/**
 * Starts Postkey for a person: PostgreSQL, the sandbox, the server with the web UI. Nothing has to be installed or set beforehand, and
 * what the environment does set is used. Usage: npm start [-- --without-sandbox]
 */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../server/src/config.ts'
import { startEmbeddedPostgres } from '../server/src/database/index.ts'
import { describeFailure } from '../server/src/failure.ts'
import { createLog } from '../server/src/kernel/log.ts'
import { startServer } from '../server/src/server.ts'
import { placesOf } from './start/places.ts'
import { portOf, PortError } from './start/port.ts'
import { startSandboxProcess } from './start/sandbox-process.ts'
import { startedBlock } from './start/started-block.ts'
import { buildWebIfStale } from './start/web-build.ts'

/** `postkey.log` and `postkey.log.1` to `.4`: 50 MB at most. */
const LOG = { maxBytes: 10_000_000, files: 5 }

const { values: options } = parseArgs({ options: { 'without-sandbox': { type: 'boolean', default: false } } })
/** What runs, to be stopped in the opposite order. */
const running: (() => Promise<unknown>)[] = []
let ending: Promise<never> | undefined

// Whatever we and the sandbox write is for nobody else on this machine.
process.umask(0o077)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))

try {
  await start()
} catch (error) {
  console.error(error instanceof PortError ? error.message : describeFailure(error))
  await end(1)
}

async function start(): Promise<void> {
  const { env } = process
  const places = placesOf(env)
  const { dataFolder, keyFile } = places
  makeFolder(dataFolder)
  const port = env.PORT || (await portOf(dataFolder))

  const configOf = (started: { databaseUrl: string; cloudsFile?: string | undefined; clock?: string | undefined }) =>
    readConfig({
      PUBLIC_URL: `http://localhost:${port}`,
      POSTKEY_CLOUDS_FILE: started.cloudsFile,
      POSTKEY_CLOCK: started.clock,
      ...withoutEmpty(env),
      PORT: String(port),
      DATABASE_URL: started.databaseUrl,
      POSTKEY_DATA: dataFolder,
      POSTKEY_KEY_FILE: keyFile,
    })
  // Before anything is started: what is wrong with what was set. The database that is not there yet is not.
  configOf({ databaseUrl: env.DATABASE_URL || 'postgresql://embedded' })

  const webUi = buildWebIfStale()

  const postgres = env.DATABASE_URL ? undefined : await startEmbeddedPostgres({ dataFolder })
  if (postgres) running.push(() => postgres.stop())
  const databaseUrl = env.DATABASE_URL || postgres!.url

  const sandbox = options['without-sandbox'] ? undefined : await startSandboxProcess(dataFolder)
  if (sandbox) running.push(() => sandbox.stop())

  const config = configOf({ databaseUrl, cloudsFile: sandbox?.cloudsFile, clock: sandbox?.clock })
  const logFile = join(dataFolder, 'postkey.log')
  const log = createLog({ level: config.logLevel, destination: { path: logFile, ...LOG } })
  postgres?.keepRunning({
    log,
    onGivenUp(error) {
      console.error(`PostgreSQL does not stay up, and Postkey ends with it. ${describeFailure(error)}`)
      void end(1)
    },
  })
  const server = await startServer(config, log)
  running.push(() => server.close())

  console.log(
    startedBlock({
      address: config.publicUrl.origin,
      firstAdminLink: server.firstAdminLink?.reveal(),
      places,
      ownDatabase: !env.DATABASE_URL,
      logFile,
      sandboxBlock: sandbox?.block,
      webUi,
    }),
  )
  void sandbox?.ended.then((complaints) => {
    if (ending) return
    console.error(`The sandbox has ended, and Postkey ends with it. ${complaints}`)
    void end(1)
  })
}

/** Once, however many ask; a start that is under way is waited for by what it has made so far. */
function end(code: number): Promise<never> {
  ending ??= (async () => {
    for (let stop = running.pop(); stop; stop = running.pop()) {
      await stop().catch((error: unknown) => console.error(describeFailure(error)))
    }
    process.exit(code)
  })()
  return ending
}

/** Root's is passed by the user who runs PostgreSQL; everybody else's is theirs alone. */
function makeFolder(folder: string): void {
  try {
    if (mkdirSync(folder, { recursive: true }) !== undefined)
      chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700)
  } catch (cause) {
    throw new PortError(`The data folder ${folder} cannot be made. Name another one with POSTKEY_DATA.`, { cause })
  }
}

function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value))
}
