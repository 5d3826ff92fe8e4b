/**
 * Fatal log entry of a process that ends by an uncaught error. It is written synchronously after the lines before it,
 * without waiting for a full disk or a stalled reader; then the process ends with a non-zero exit code.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { describeFailure } from './failure.ts'
import { AppError } from '../kernel/errors.ts'
import { createLog, flushLogs } from '../kernel/log.ts'

const LONGEST_ENTRY_BYTES = 64 * 1024
const EXIT_CODE = 70
/** Maximum time in milliseconds for earlier lines. */
const FLUSH_MS = 200

export interface FatalOptions {
  /** The log file; standard output when absent. */
  logFile?: string | undefined
  /** Runs after the entry is written, for example to end child processes. Must not wait. */
  beforeExit?: () => void
}

export interface FatalReport {
  logFile?: string | undefined
  exitCode: number
  /** Default: a process that ran has stopped. */
  sentence?: string
}

/** Ends the process on an uncaught error, which leaves unknown state behind. Its supervisor restarts it. */
export function endOnFatalErrors(options: () => FatalOptions = () => ({})): void {
  // A closed stdout or stderr must not end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const end = (error: unknown): never => {
    try {
      const { logFile, beforeExit } = options()
      reportFatal(error, { logFile, exitCode: EXIT_CODE })
      beforeExit?.()
    } finally {
      process.exit(EXIT_CODE)
    }
  }
  // Unhandled rejections arrive here as well, with their reason.
  process.on('uncaughtException', end)
}

const STOPPED = 'Postkey stopped because of an unexpected error'

/** Writes the entry to the log, and a short text to standard error. */
export function reportFatal(error: unknown, report: FatalReport): void {
  const text = `${report.sentence ?? STOPPED}.\n${describeFailure(error)}\n`
  const isLogged = logFatal(error, report)
  write('/proc/self/fd/2', isLogged ? text : `${text}The log could not be written:\n${entryOf(error, report)}`)
}

/** Writes the entry to the log alone, after buffered lines. @returns false when it could not be written */
export function logFatal(error: unknown, report: FatalReport): boolean {
  flushLogs(FLUSH_MS)
  return write(report.logFile ?? '/proc/self/fd/1', entryOf(error, report))
}

/** The entry in the format of every other log entry, with secrets removed. */
function entryOf(error: unknown, { exitCode, sentence = STOPPED }: FatalReport): string {
  let entry = ''
  const log = createLog({ level: 'fatal', destination: { write: (line: string) => void (entry += line) } })
  const { code, remedy, fix } = AppError.from(error)
  log.fatal({ code, remedy, fix, exitCode, err: error }, sentence)
  return entry
}

/**
 * Writes to a file that is opened again in non-blocking mode, so that a full disk or a pipe without a reader fails at
 * once. With an existing descriptor, the flag would also apply to the terminal behind it.
 */
function write(path: string, text: string): boolean {
  let descriptor: number | undefined
  try {
    const { O_WRONLY, O_APPEND, O_NONBLOCK, O_CREAT } = constants
    const create = path.startsWith('/proc/') ? 0 : O_CREAT
    descriptor = openSync(path, O_WRONLY | O_APPEND | O_NONBLOCK | create, 0o600)
    const bytes = Buffer.from(text).subarray(0, LONGEST_ENTRY_BYTES)
    return writeSync(descriptor, bytes) === bytes.length
  } catch {
    return path.startsWith('/proc/') && writeToSocket(Number(path.slice(path.lastIndexOf('/') + 1)), text)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** A socket, such as that of journald, can't be opened a second time. Node has made it non-blocking. */
function writeToSocket(descriptor: number, text: string): boolean {
  const stream = descriptor === 1 ? process.stdout : process.stderr
  if (!('remoteAddress' in stream) || stream.destroyed) return false
  try {
    return writeSync(descriptor, Buffer.from(text).subarray(0, LONGEST_ENTRY_BYTES)) > 0
  } catch {
    return false
  }
}
