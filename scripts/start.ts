/**
 * Starts Postkey for evaluation: PostgreSQL, the sandbox, and the server with the web UI. It requires no installation
 * and no settings; variables in the environment take precedence. Usage: npm start [-- --without-sandbox]
 */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hasDatabase, readLogFile, refuseClosedLog } from '../server/src/config.ts'
import { holdMailOfCopy } from '../server/src/copied-data.ts'
import {
  type EmbeddedPostgres,
  killEmbeddedPostgres,
  refuseCopy,
  startEmbeddedPostgres,
} from '../server/src/database/index.ts'
import { systemClock } from '../server/src/kernel/clock.ts'
import { createLog, rotatingFile } from '../server/src/kernel/log.ts'
import {
  createProcessEnd,
  describeFailure,
  endOnFatalErrors,
  logFatal,
  startTracing,
} from '../server/src/process/index.ts'
import { startServer } from '../server/src/server.ts'
import { postgresBinOf } from '../server/src/trial.ts'
import { choosePlaces } from './start/places.ts'
import { choosePort } from './start/port.ts'
import { type SandboxProcess, startSandboxProcess } from './start/sandbox-process.ts'
import { settingsReader } from './start/settings-reader.ts'
import { StartError, startStep } from './start/start-step.ts'
import { startedBlock } from './start/started-block.ts'
import { buildWebIfStale } from './start/web-build.ts'

/** Recovery after a crash and the first start on a slow disk take minutes. */
const DATABASE_LIMIT_MS = 10 * 60_000
const SANDBOX_LIMIT_MS = 60_000
/** Migrating a large database takes minutes. */
const SERVER_LIMIT_MS = 30 * 60_000

// Files of Postkey and of the sandbox are readable only by their owner.
process.umask(0o077)
endOnFatalErrors(() => ({ logFile: processEnd.logFile }))
const processEnd = createProcessEnd()
processEnd.logFile = readLogFile(process.env)

try {
  if (processEnd.logFile !== undefined) refuseClosedLog(processEnd.logFile)
  const { values: options } = parseArgs({ options: { 'without-sandbox': { type: 'boolean', default: false } } })
  await start(options['without-sandbox'])
} catch (error) {
  const { logFile } = processEnd
  if (!processEnd.signal.aborted && logFile !== undefined) {
    logFatal(error, { logFile, exitCode: 1, sentence: 'Postkey could not start' })
  }
  if (!processEnd.signal.aborted) console.error(error instanceof StartError ? error.message : describeFailure(error))
  await processEnd.end(1)
}

async function start(withoutSandbox: boolean): Promise<void> {
  const { env } = process
  const places = choosePlaces(env)
  const { dataFolder, keyFile } = places
  makeFolder(dataFolder)
  refuseCopy(dataFolder)
  const port = env.PORT || (await choosePort(dataFolder))

  const readSettings = await settingsReader(!withoutSandbox)
  const settingsOf = (started: {
    databaseUrl: string | undefined
    cloudsFile?: string | undefined
    clock?: string | undefined
  }) =>
    readSettings({
      PUBLIC_URL: `http://localhost:${port}`,
      POSTKEY_CLOUDS_FILE: started.cloudsFile,
      ...(started.clock !== undefined && { POSTKEY_CLOCK: started.clock }),
      ...withoutEmpty(env),
      PORT: String(port),
      ...(!hasDatabase(env) && { DATABASE_URL: started.databaseUrl }),
      POSTKEY_DATA: dataFolder,
      POSTKEY_KEY_FILE: keyFile,
    })
  // Reports invalid settings before anything is started. The database URL is a placeholder, as the database does not
  // run yet.
  settingsOf({ databaseUrl: 'postgresql://embedded' })

  const webUi = buildWebIfStale()
  processEnd.signal.throwIfAborted()

  const postgres = hasDatabase(env) ? undefined : await startDatabase(dataFolder)
  const finding = postgres && (await holdMailOfCopy(postgres, systemClock))
  if (finding) console.error(finding)

  const sandbox = withoutSandbox ? undefined : await startSandbox(dataFolder)

  const { config, wrap } = settingsOf({
    databaseUrl: postgres?.url,
    cloudsFile: sandbox?.cloudsFile,
    clock: sandbox?.clock,
  })
  const logFile = config.logFile ?? join(dataFolder, 'postkey.log')
  processEnd.logFile = logFile
  const log = createLog({ level: config.logLevel, destination: rotatingFile(logFile) })
  postgres?.keepRunning({
    log,
    onGivenUp(error) {
      logFatal(error, { logFile, exitCode: 1, sentence: 'PostgreSQL does not stay up, and Postkey ends with it' })
      console.error(`PostgreSQL does not stay up, and Postkey ends with it. ${describeFailure(error)}`)
      void processEnd.end(1)
    },
  })
  const endTracing = await startTracing(env, log)
  if (endTracing) processEnd.add({ name: 'Tracing', close: endTracing })
  const starting = startServer(config, log, systemClock, {
    signal: processEnd.signal,
    folders: [{ path: dataFolder, content: 'data folder' }],
    wrap,
  })
  processEnd.add({
    name: 'The server',
    close: async () => (await starting.catch(() => undefined))?.close(),
    drainMs: config.drainMs,
  })
  const server = await startStep({
    name: 'Starting the server',
    limitMs: SERVER_LIMIT_MS,
    fix: `See the end of ${logFile} for what it waits for.`,
    run: () => starting,
    signal: processEnd.signal,
  })

  console.log(
    startedBlock({
      address: config.publicUrl.origin,
      firstAdminLink: server.firstAdminLink?.reveal(),
      places,
      database: postgres && { version: postgres.version, binFolder: postgresBinOf(env) },
      logFile,
      sandboxBlock: sandbox?.block,
      webUi,
    }),
  )
  void sandbox?.ended.then((complaints) => {
    if (processEnd.signal.aborted) return
    console.error(`The sandbox has ended, and Postkey ends with it. ${complaints}`)
    void processEnd.end(1)
  })
}

/**
 * Starts the embedded PostgreSQL. It is registered before it has started, so that an interrupted start leaves no
 * process behind.
 */
async function startDatabase(dataFolder: string): Promise<EmbeddedPostgres> {
  const starting = startEmbeddedPostgres({ dataFolder, binFolder: postgresBinOf(process.env) })
  processEnd.add({
    name: 'PostgreSQL',
    close: async () => (await starting.catch(() => undefined))?.stop(),
    kill: () => killEmbeddedPostgres(dataFolder),
  })
  return startStep({
    name: 'Starting PostgreSQL',
    limitMs: DATABASE_LIMIT_MS,
    fix: `See the end of ${join(dataFolder, 'postgres.log')}.`,
    run: () => starting,
    signal: processEnd.signal,
  })
}

function startSandbox(dataFolder: string): Promise<SandboxProcess> {
  let started: SandboxProcess | undefined
  const starting = startSandboxProcess(dataFolder).then((sandbox) => (started = sandbox))
  processEnd.add({
    name: 'The sandbox',
    close: async () => (await starting.catch(() => undefined))?.stop(),
    // Until it has started, it ends with this process through its standard input.
    kill: () => started?.kill(),
  })
  return startStep({
    name: 'Starting the sandbox',
    limitMs: SANDBOX_LIMIT_MS,
    fix: 'Start Postkey without it: npm start -- --without-sandbox',
    run: () => starting,
    signal: processEnd.signal,
  })
}

/** Creates a folder. As root, the user of PostgreSQL must be able to traverse it; otherwise only its owner may. */
function makeFolder(folder: string): void {
  try {
    if (mkdirSync(folder, { recursive: true }) !== undefined)
      chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700)
  } catch (cause) {
    throw new StartError(`The data folder ${folder} cannot be made. Name another one with POSTKEY_DATA.`, { cause })
  }
}

function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value))
}
