import { pino, type DestinationStream, type LogFn, type Logger, type LoggerOptions } from 'pino'
import { AppError, isDatabaseError } from './errors.ts'
import { createLogRepeats } from './log-repeats.ts'
import { fileSink, type RotatingFile } from './log-file.ts'
import { standardOutputSink } from './log-sinks.ts'
import { createLogWriter, type LogSink, type LogWriter } from './log-writer.ts'

export type Log = Logger

/** Names under which libraries pass secrets. Our own secrets are in a `Secret`, which can't be printed. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'client_secret',
  'client_assertion',
  'access_token',
  'refresh_token',
  'id_token',
  'code_verifier',
  'accessToken',
  'refreshToken',
  'codeVerifier',
  'apiKey',
]

/** Depths to which an object in the log is searched for secrets. pino needs each depth written out. */
const DEPTHS = ['', '*.', '*.*.', '*.*.*.']

const settingsOf = (level: string): LoggerOptions => ({
  level,
  redact: {
    paths: DEPTHS.flatMap((depth) =>
      SECRET_NAMES.map((name) => `${depth === '' ? '' : depth.slice(0, -1)}["${name}"]`),
    ),
    censor: '[secret]',
  },
  serializers: { err: describeError, error: describeError },
  hooks: { logMethod: limitRepeats() },
})

let standardOutput: LogWriter | undefined

/** The log file of a server: `path` and `path.1` to `path.4`, at most 50 MB. */
export function rotatingFile(path: string): RotatingFile {
  return { path, maxBytes: 10_000_000, files: 5 }
}

/**
 * Creates the log: JSON, one object per line, to standard output unless a file or a stream is given; levels as in pino.
 * It never blocks: lines that can't be written are dropped and counted (`log-writer.ts`). `fatal` and the end of the
 * process write buffered lines, for at most a second.
 */
export function createLog(options: { level?: string; destination?: DestinationStream | RotatingFile } = {}): Log {
  const { level = 'info', destination } = options
  if (level === 'silent') return pino(settingsOf(level), { write: () => undefined })
  if (destination === undefined) standardOutput ??= openWriter(standardOutputSink(), () => log)
  const stream = isFile(destination) ? openFile(destination, () => log) : (destination ?? standardOutput!)
  const log: Log = pino(settingsOf(level), stream)
  return log
}

function openFile(file: RotatingFile, log: () => Log): LogWriter {
  const onRotationFailed = (err: unknown) =>
    log().warn({ err, logFile: file.path }, 'The log file could not be rotated; it is continued')
  return openWriter(fileSink({ ...file, onRotationFailed }), log)
}

const writers: LogWriter[] = []

/** Writes the buffered lines of all logs before the process ends, blocking it for at most `limitMs` per log. */
export function flushLogs(limitMs?: number): void {
  for (const writer of writers) writer.flushSync(limitMs)
}

function openWriter(sink: LogSink, log: () => Log): LogWriter {
  const writer = createLogWriter({
    sink,
    onRecovered: (dropped, reason) =>
      log().warn({ dropped, reason }, `${dropped} ${dropped === 1 ? 'line' : 'lines'} of the log were dropped`),
  })
  writers.push(writer)
  if (writers.length === 1) process.on('exit', () => flushLogs())
  return writer
}

function isFile(destination: DestinationStream | RotatingFile | undefined): destination is RotatingFile {
  return destination !== undefined && 'path' in destination
}

/** Returns a hook for `hooks.logMethod` that limits failures to one line per cause and minute (`log-repeats.ts`). */
function limitRepeats(): NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> {
  const repeats = createLogRepeats()
  return function (this: Logger, args: Parameters<LogFn>, method: LogFn, level: number): void {
    const [about, text] = args as unknown as [unknown, unknown]
    const cause = level < WARN || level >= FATAL ? undefined : causeOf(this, about, text)
    if (cause === undefined) {
      method.apply(this, args)
      return
    }
    const report = (count: number) => method.call(this, { ...cause.about, repeats: count }, String(text))
    if (repeats.admit(`${level} ${cause.name}`, report)) method.apply(this, args)
  }
}

const WARN = 40
const FATAL = 60

/**
 * Returns the cause of a failure. All tasks use the same database, so its failures are one cause. Any other failure is
 * one cause per task that reports it.
 */
function causeOf(log: Logger, about: unknown, text: unknown): { name: string; about: object } | undefined {
  if (typeof about !== 'object' || about === null || !('err' in about) || !(about.err instanceof Error))
    return undefined
  const { err } = about
  if (isDatabaseError(err)) return { name: err.code, about: { code: err.code } }
  // A user may have the trace id of a failed request, so its only line must be kept.
  if ('reqId' in log.bindings()) return undefined
  if (err instanceof AppError && err.code !== 'kernel.unexpected') {
    return { name: `${err.code} ${String(text)}`, about: { code: err.code } }
  }
  const message = err.message.slice(0, 200)
  return { name: `${err.name} ${message} ${String(text)}`, about: { error: message } }
}

/**
 * Returns the loggable part of an error: its type, origin and cause. Other properties are omitted, because libraries
 * attach whole requests to their errors, and PostgreSQL the values of the row.
 */
function describeError(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' ? thrown : undefined
  const { name, message, stack } = thrown
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
  return {
    type: name,
    code,
    message,
    stack,
    ...(thrown instanceof AppError && {
      remedy: thrown.remedy,
      fix: thrown.fix,
      upstream: thrown.upstream,
    }),
    ...(thrown.cause !== undefined && depth < 5 && { cause: describeError(thrown.cause, depth + 1) }),
  }
}
