/** Connects the command line with the rooms of an installation, which `scripts/postkey.ts` or `program.ts` finds. */
import { EXIT, lossText, runCli, type FindDatabaseOptions, type FoundDatabase, type Program } from './cli/index.ts'
import { examineConfig, readBackupRecipients, type Config } from './config.ts'
import { systemClock } from './kernel/clock.ts'
import { createLog } from './kernel/log.ts'
import { openRooms, type Wrapper } from './open-rooms.ts'
import { describeFailure } from './process/index.ts'

/** Location of an installation, and a function that releases it. */
export interface FoundInstallation {
  config: Config
  /** The wrapper of the running server. */
  wrap?: Wrapper | undefined
  leave: () => Promise<void>
}

/** Functions that find what the environment names. */
export interface Locations {
  find: () => Promise<FoundInstallation>
  findDatabase: (options?: FindDatabaseOptions) => Promise<FoundDatabase>
  /** Log file of the server; `undefined` if its log goes to standard output. */
  findLogFile: () => string | undefined
  /** True for an installation of `postkey start`, which sets the database and PUBLIC_URL itself. */
  isTrial?: boolean
}

/** Runs a command and returns its exit code. */
export async function runPostkey(
  argv: readonly string[],
  { find, findDatabase, findLogFile, isTrial = false }: Locations,
  program?: Program,
): Promise<number> {
  process.stderr.on('error', () => undefined)
  process.on('uncaughtException', failUnexpectedly)
  return runCli(argv, {
    findDatabase,
    findLogFile,
    backupRecipients: () => readBackupRecipients(process.env),
    stopSignal,
    async open(options) {
      const { config, wrap, leave } = await find()
      try {
        // Results are printed; the log belongs to the server.
        const { rooms, close } = await openRooms(config, createLog({ level: 'silent' }), systemClock, {
          withoutMigrating: true,
          giveUpKey: options?.giveUpKey,
          wrap,
        })
        return { rooms, close: () => close().finally(leave) }
      } catch (error) {
        await leave()
        throw error
      }
    },
    examineConfig: (options) => examineConfig(process.env, { ...options, isTrial }),
    clock: systemClock,
    print,
    printSecret,
    complain: (text) => process.stderr.write(`${text}\n`),
    describe: describeFailure,
    ...(program && { program }),
  })
}

/**
 * Lets a command undo unfinished work when it is stopped. Further signals are ignored: npm forwards Ctrl-C, although the
 * terminal has sent it to every process.
 */
function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  return stopping.signal
}

/** Ends the process with the exit code of a failed command: that of Node means that a command has found a problem. */
function failUnexpectedly(error: unknown): never {
  process.stderr.write(`${describeFailure(error)}\n`)
  process.exit(EXIT.failed)
}

/** Leaves unexpected errors to a server, which runs from now on in this process. */
export function leaveErrorsToServer(): void {
  process.off('uncaughtException', failUnexpectedly)
}

let isWatched = false
let hasSecret = false

function printSecret(text: string): void {
  hasSecret = true
  print(text)
}

/**
 * Prints to standard output. A reader that has read enough, such as `head`, ends the output and not the command, unless
 * it is a secret. Any other loss of output, such as a full disk, fails the command.
 */
function print(text: string): void {
  if (!isWatched) process.stdout.on('error', noticeLoss)
  isWatched = true
  process.stdout.write(`${text}\n`)
}

function noticeLoss(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' && !hasSecret) return
  process.stderr.write(`${lossText(error)}\n`)
  process.once('exit', () => (process.exitCode = EXIT.failed))
}
