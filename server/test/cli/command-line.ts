import { runCli, VERBS, type CliRooms } from '../../src/cli/index.ts'
import { examineConfig } from '../../src/config.ts'
import { describeFailure } from '../../src/process/index.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { Environment } from '../../src/variables.ts'

export interface RanCommand {
  code: number
  /** Standard output. */
  printed: string
  /** Standard error. */
  complained: string
  /** Number of times that the installation was opened. */
  opened: number
}

/** Runs commands on the rooms of a test, as a terminal would. */
export function createCommandLine(rooms: CliRooms, env: Environment = {}) {
  async function run(...argv: string[]): Promise<RanCommand> {
    const ran = { printed: '', complained: '', opened: 0 }
    const code = await runCli(argv, {
      open() {
        ran.opened += 1
        return Promise.resolve({ rooms, close: () => Promise.resolve() })
      },
      findDatabase: () => Promise.reject(new TypeError('not called')),
      stopSignal: () => new AbortController().signal,
      examineConfig: (options) => examineConfig(env, options),
      findLogFile: () => env['LOG_FILE'],
      clock: systemClock,
      print: (text) => void (ran.printed += `${text}\n`),
      complain: (text) => void (ran.complained += `${text}\n`),
      describe: describeFailure,
    })
    return { code, ...ran }
  }

  /** The JSON of a command. It must have exactly the shape that the help documents. */
  async function json(...argv: string[]): Promise<unknown> {
    const { code, printed, complained } = await run(...argv, '--json')
    const name = argv.slice(0, 2).join(' ')
    const verb = VERBS.find((each) => name === each.name || argv[0] === each.name)
    const output = JSON.parse(printed) as unknown
    if (complained !== '') throw new Error(`${name} printed to standard error: ${complained}`)
    if (code <= 1) {
      const shaped = JSON.stringify(verb!.shape!.parse(output))
      if (shaped !== JSON.stringify(output)) throw new Error(`${name} printed more than its shape: ${printed}`)
    }
    return output
  }

  return { run, json }
}
