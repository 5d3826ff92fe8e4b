/** Starts the server alone, configured by its environment. Usage: npm run serve */
import { readConfig } from './config.ts'
import { describeFailure } from './failure.ts'
import { endOnFatalErrors } from './fatal.ts'
import { logFolderOf } from './disk-space/index.ts'
import { createLog } from './kernel/log.ts'
import { systemClock } from './kernel/clock.ts'
import { createProcessEnd } from './process-end.ts'
import { startServer } from './server.ts'

endOnFatalErrors()
const processEnd = createProcessEnd()

try {
  const config = readConfig(process.env)
  const log = createLog({ level: config.logLevel })
  const logFolder = logFolderOf()
  const folders = logFolder ? [logFolder] : []
  const starting = startServer(config, log, systemClock, { signal: processEnd.signal, folders })
  processEnd.add({ name: 'The server', close: async () => (await starting.catch(() => undefined))?.close() })
  const server = await starting
  const link = server.firstAdminLink?.reveal()
  process.stderr.write(`Postkey is at ${config.publicUrl.origin}\n${link ? `There is no admin yet: ${link}\n` : ''}`)
} catch (error) {
  if (!processEnd.signal.aborted) process.stderr.write(`${describeFailure(error)}\n`)
  await processEnd.end(1)
}
