/** Starts the server alone, configured by its environment. Usage: npm run serve */
import { readConfig } from './config.ts'
import { describeFailure } from './failure.ts'
import { createLog } from './kernel/log.ts'
import { startServer } from './server.ts'

try {
  const config = readConfig(process.env)
  const server = await startServer(config, createLog({ level: config.logLevel }))
  const link = server.firstAdminLink?.reveal()
  process.stderr.write(`Postkey is at ${config.publicUrl.origin}\n${link ? `There is no admin yet: ${link}\n` : ''}`)

  let ending = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait.
      if (ending) process.exit(1)
      ending = true
      void server.close().then(() => process.exit(0), fail)
    })
  }
} catch (error) {
  fail(error)
}

function fail(error: unknown): void {
  process.stderr.write(`${describeFailure(error)}\n`)
  process.exit(1)
}
