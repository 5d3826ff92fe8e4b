/** Connects the command line with the rooms of an installation, which `scripts/postkey.ts` or `program.ts` finds. */
import { runCli, type Program } from './cli/index.ts'
import { examineConfig, type Config } from './config.ts'
import { systemClock } from './kernel/clock.ts'
import { createLog } from './kernel/log.ts'
import { openRooms, type Wrapper } from './open-rooms.ts'
import { describeFailure } from './process/index.ts'

/** Location of an installation, and a function that releases it. */
export interface FoundInstallation {
  config: Config
  /** The wrapper of the running server. */
  wrap?: Wrapper | undefined
  leave: () => Promise<void>
}

/** Runs a command and returns its exit code. */
export async function runPostkey(
  argv: readonly string[],
  find: () => Promise<FoundInstallation>,
  program?: Program,
): Promise<number> {
  return runCli(argv, {
    async open(options) {
      const { config, wrap, leave } = await find()
      try {
        // Results are printed; the log belongs to the server.
        const { rooms, close } = await openRooms(config, createLog({ level: 'silent' }), systemClock, {
          withoutMigrating: true,
          giveUpKey: options?.giveUpKey,
          wrap,
        })
        return { rooms, close: () => close().finally(leave) }
      } catch (error) {
        await leave()
        throw error
      }
    },
    examineConfig: (options) => examineConfig(process.env, options),
    clock: systemClock,
    print: (text) => process.stdout.write(`${text}\n`),
    complain: (text) => process.stderr.write(`${text}\n`),
    describe: describeFailure,
    ...(program && { program }),
  })
}
