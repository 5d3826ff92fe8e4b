/** A command at the terminal, put together with the rooms of an installation. `scripts/postkey.ts` finds that. */
import { runCli } from './cli/index.ts'
import type { Config } from './config.ts'
import { systemClock } from './kernel/clock.ts'
import { createLog } from './kernel/log.ts'
import { openRooms, type Wrapper } from './open-rooms.ts'
import { describeFailure } from './process/index.ts'

/** Where an installation is, and how to let go of it. */
export interface FoundInstallation {
  config: Config
  /** The wrapper of the running server. */
  wrap?: Wrapper | undefined
  leave: () => Promise<void>
}

/** Answers the exit code. */
export async function runPostkey(argv: readonly string[], find: () => Promise<FoundInstallation>): Promise<number> {
  return runCli(argv, {
    async open(options) {
      const { config, wrap, leave } = await find()
      try {
        // What is worth knowing is printed; the log is the server's.
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
    clock: systemClock,
    print: (text) => process.stdout.write(`${text}\n`),
    complain: (text) => process.stderr.write(`${text}\n`),
    describe: describeFailure,
  })
}
