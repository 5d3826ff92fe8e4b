import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isHostName, type Interfaces } from './kernel/network.ts'
import { choosePorts, LAST_FIRST_PORT, PortsError } from './ports.ts'
import { startSandbox } from './sandbox.ts'
import { startedBlock } from './started-block.ts'

export interface SandboxCommand {
  /** Command in the usage text. */
  command: string
  /** Used without `--data`. */
  dataFolder: string
}

interface Options {
  dataFolder: string
  firstPort: number | undefined
  interfaces: Interfaces
  hosts: string[]
  notifiedHosts: string[]
}

class UsageError extends Error {}

/** Starts the sandbox from the command line, and stops it by a signal. */
export async function runSandbox({ command, dataFolder }: SandboxCommand): Promise<void> {
  const usage = `Usage: ${command} [--data FOLDER] [--port FIRST] [--listen all] [--host NAME]… [--notify NAME]…`
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string', default: dataFolder },
        port: { type: 'string' },
        listen: { type: 'string', default: 'loopback' },
        host: { type: 'string', multiple: true, default: [] },
        notify: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean' },
      },
    })
    if (values.help) console.log(usage)
    else {
      await start({
        dataFolder: resolve(values.data),
        firstPort: readPort(values.port),
        interfaces: readInterfaces(values.listen),
        hosts: readHosts('--host', values.host),
        notifiedHosts: readHosts('--notify', values.notify),
      })
    }
  } catch (error) {
    if (!isOfArguments(error)) throw error
    console.error(`${error.message}\n${usage}`)
    process.exitCode = 2
  }
}

async function start({ dataFolder, firstPort, interfaces, hosts, notifiedHosts }: Options): Promise<void> {
  try {
    const sandbox = await startSandbox({
      databasePath: resolve(dataFolder, 'sandbox.sqlite'),
      ports: await choosePorts(dataFolder, firstPort),
      ...{ interfaces, hosts, notifiedHosts },
    })
    if (interfaces === 'all') console.log(OPEN_TO_ALL)
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

const OPEN_TO_ALL =
  '\n  It listens on all network interfaces. Every program that reaches it can read all passwords and all mail.'

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > LAST_FIRST_PORT) throw new UsageError(`--port must be from 1 to ${LAST_FIRST_PORT}.`)
  return port
}

function readInterfaces(text: string): Interfaces {
  if (text === 'loopback' || text === 'all') return text
  throw new UsageError('--listen must be loopback or all.')
}

function readHosts(option: string, names: string[]): string[] {
  const wrong = names.find((name) => !isHostName(name))
  if (wrong !== undefined) throw new UsageError(`${option} must be a name or an IPv4 address without a port.`)
  return names
}

function isOfArguments(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

/** True when the port was taken between the check and the start, or on another address of this machine. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
