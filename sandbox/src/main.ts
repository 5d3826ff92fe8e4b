/** Starts the sandbox from the command line. Usage: npm run sandbox [-- --data FOLDER] */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PortsError, choosePorts } from './ports.ts'
import { startSandbox } from './sandbox.ts'
import { startedBlock } from './started-block.ts'

const USAGE = 'Usage: npm run sandbox [-- --data FOLDER]'

const dataFolder = readDataFolder()
if (dataFolder !== undefined) await start(dataFolder)

/** Folder from the arguments; `undefined` after an error message when they are invalid. */
function readDataFolder(): string | undefined {
  const fallback = resolve(import.meta.dirname, '../../data/sandbox')
  try {
    const { values } = parseArgs({
      options: { data: { type: 'string', default: fallback }, help: { type: 'boolean' } },
    })
    if (!values.help) return resolve(values.data)
    console.log(USAGE)
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`)
    process.exitCode = 2
  }
  return undefined
}

async function start(dataFolder: string): Promise<void> {
  try {
    const sandbox = await startSandbox({
      databasePath: resolve(dataFolder, 'sandbox.sqlite'),
      ports: await choosePorts(dataFolder),
    })
    console.log(startedBlock(sandbox, dataFolder))

    // Ctrl-C arrives twice: from the terminal, and from npm, which forwards it.
    let closing: Promise<never> | undefined
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => void (closing ??= sandbox.close().then(() => process.exit(0))))
    }
  } catch (error) {
    if (!(error instanceof PortsError) && !isPortTaken(error)) throw error
    console.error((error as Error).message)
    process.exit(1)
  }
}

/** True when the port was taken between the check and the start, or on another address of this machine. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
