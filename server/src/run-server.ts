import { dirname } from 'node:path'
import type { Config } from './config.ts'
import { findLogFolder } from './disk-space/index.ts'
import { systemClock } from './kernel/clock.ts'
import { createLog, rotatingFile } from './kernel/log.ts'
import type { Wrapper } from './open-rooms.ts'
import { createProcessEnd, endOnFatalErrors, reportFatal } from './process/index.ts'
import { startServer } from './server.ts'

/**
 * Runs the server as this process: reads its settings, starts it, prints its address, and ends it by a signal.
 *
 * @param failed  exit code of a server that can't start or stop
 */
export async function runServer(
  readSettings: () => { config: Config; wrap?: Wrapper | undefined },
  failed = 1,
): Promise<void> {
  endOnFatalErrors(() => ({ logFile: processEnd.logFile }))
  const processEnd = createProcessEnd(failed)

  try {
    const { config, wrap } = readSettings()
    const { logFile } = config
    processEnd.logFile = logFile
    const log = createLog({
      level: config.logLevel,
      ...(logFile !== undefined && { destination: rotatingFile(logFile) }),
    })
    const logFolder = logFile === undefined ? findLogFolder() : { path: dirname(logFile), content: 'log' }
    const folders = logFolder ? [logFolder] : []
    const starting = startServer(config, log, systemClock, { signal: processEnd.signal, folders, wrap })
    processEnd.add({ name: 'The server', close: async () => (await starting.catch(() => undefined))?.close() })
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
