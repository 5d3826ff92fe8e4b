import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PortsError, choosePorts } from './ports.ts'
import { startSandbox } from './sandbox.ts'
import { startedBlock } from './started-block.ts'

export interface SandboxCommand {
  /** Command in the usage text. */
  command: string
  /** Used without `--data`. */
  dataFolder: string
}

/** Starts the sandbox from the command line, and stops it by a signal. */
export async function runSandbox({ command, dataFolder }: SandboxCommand): Promise<void> {
  const usage = `Usage: ${command} [--data FOLDER]`
  try {
    const { values } = parseArgs({
      options: { data: { type: 'string', default: dataFolder }, help: { type: 'boolean' } },
    })
    if (values.help) console.log(usage)
    else await start(resolve(values.data))
  } catch (error) {
    if (!isOfArguments(error)) throw error
    console.error(`${error.message}\n${usage}`)
    process.exitCode = 2
  }
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

function isOfArguments(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

/** True when the port was taken between the check and the start, or on another address of this machine. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
