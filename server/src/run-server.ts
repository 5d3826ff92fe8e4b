import { dirname } from 'node:path'
import { readLogFile, refuseClosedLog, type Config } from './config.ts'
import { findLogFolder, type WatchedVolume } from './disk-space/index.ts'
import { systemClock } from './kernel/clock.ts'
import { createLog, rotatingFile, type Log } from './kernel/log.ts'
import type { Wrapper } from './open-rooms.ts'
import { createProcessEnd, endOnFatalErrors, reportFatal, startTracing, type ProcessEnd } from './process/index.ts'
import { startServer } from './server.ts'

export interface ServerSettings {
  config: Config
  wrap?: Wrapper | undefined
  /** Folders whose disk space is watched, in addition to that of the log. */
  folders?: readonly WatchedVolume[]
  /** Called once, when the log exists. */
  onLog?: (log: Log) => void
}

/**
 * Runs the server as this process: reads its settings, starts it, prints its address, and ends it by a signal.
 *
 * @param prepare returns the settings; parts that it adds to the process are closed after the server
 * @param failed  exit code of a server that can't start or stop
 */
export async function runServer(
  prepare: (processEnd: ProcessEnd) => ServerSettings | Promise<ServerSettings>,
  failed = 1,
): Promise<void> {
  endOnFatalErrors(() => ({ logFile: processEnd.logFile }))
  const processEnd = createProcessEnd(failed)
  // Before anything can fail, so that the log has the reason.
  processEnd.logFile = readLogFile(process.env)

  try {
    if (processEnd.logFile !== undefined) refuseClosedLog(processEnd.logFile)
    const { config, wrap, folders: given = [], onLog } = await prepare(processEnd)
    processEnd.signal.throwIfAborted()
    const { logFile } = config
    const log = createLog({
      level: config.logLevel,
      ...(logFile !== undefined && { destination: rotatingFile(logFile) }),
    })
    onLog?.(log)
    const endTracing = await startTracing(process.env, log)
    if (endTracing) processEnd.add({ name: 'Tracing', close: endTracing })
    const logFolder = logFile === undefined ? findLogFolder() : { path: dirname(logFile), content: 'log' }
    const folders = logFolder ? [...given, logFolder] : given
    const starting = startServer(config, log, systemClock, { signal: processEnd.signal, folders, wrap })
    processEnd.add({
      name: 'The server',
      close: async () => (await starting.catch(() => undefined))?.close(),
      drainMs: config.drainMs,
    })
    const server = await starting
    const link = server.firstAdminLink?.reveal()
    process.stderr.write(`Postkey is at ${config.publicUrl.origin}\n${link ? `There is no admin yet: ${link}\n` : ''}`)
  } catch (error) {
    const { logFile } = processEnd
    if (!processEnd.signal.aborted)
      reportFatal(error, { logFile, exitCode: failed, sentence: 'Postkey could not start' })
    await processEnd.end(failed)
  }
}
