import type { Config } from './config.ts'
import { findLogFolder } from './disk-space/index.ts'
import { systemClock } from './kernel/clock.ts'
import { createLog } from './kernel/log.ts'
import type { Wrapper } from './open-rooms.ts'
import { createProcessEnd, describeFailure, endOnFatalErrors } from './process/index.ts'
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
  endOnFatalErrors()
  const processEnd = createProcessEnd(failed)

  try {
    const { config, wrap } = readSettings()
    const log = createLog({ level: config.logLevel })
    const logFolder = findLogFolder()
    const folders = logFolder ? [logFolder] : []
    const starting = startServer(config, log, systemClock, { signal: processEnd.signal, folders, wrap })
    processEnd.add({ name: 'The server', close: async () => (await starting.catch(() => undefined))?.close() })
    const server = await starting
    const link = server.firstAdminLink?.reveal()
    process.stderr.write(`Postkey is at ${config.publicUrl.origin}\n${link ? `There is no admin yet: ${link}\n` : ''}`)
  } catch (error) {
    if (!processEnd.signal.aborted) process.stderr.write(`${describeFailure(error)}\n`)
    await processEnd.end(failed)
  }
}
