/** Starts the sandbox for a person. Usage: npm run sandbox [-- --data FOLDER] */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PortTakenError, portsOf } from './ports.ts'
import { startSandbox } from './sandbox.ts'
import { startedBlock } from './started-block.ts'

const { values } = parseArgs({
  options: { data: { type: 'string', default: resolve(import.meta.dirname, '../../data/sandbox') } },
})
const dataFolder = resolve(values.data)

try {
  const sandbox = await startSandbox({
    databasePath: resolve(dataFolder, 'sandbox.sqlite'),
    ports: await portsOf(dataFolder),
  })
  console.log(startedBlock(sandbox, dataFolder))

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void sandbox.close().then(() => process.exit(0))
    })
  }
} catch (error) {
  if (!(error instanceof PortTakenError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
