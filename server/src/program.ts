/** The program of a release, started by `bin/postkey`: the server, or a command at the terminal. Usage: postkey --help */
import { EXIT, programOfRelease } from './cli/index.ts'
import { readConfig } from './config.ts'
import { leaveErrorsToServer, runPostkey } from './postkey.ts'
import { runServer } from './run-server.ts'
import { findDatabase, findInstallation, isTrial, startTrial } from './trial.ts'

const { env } = process

process.exitCode = await runPostkey(
  process.argv.slice(2),
  {
    find: () => findInstallation(env),
    findDatabase: (options) => findDatabase(env, options),
    findLogFile: () => env['LOG_FILE'] || undefined,
    isTrial: isTrial(env),
  },
  programOfRelease({
    serve() {
      leaveErrorsToServer()
      return runServer(() => ({ config: readConfig(env) }), EXIT.failed)
    },
    start() {
      leaveErrorsToServer()
      return runServer((processEnd) => startTrial(env, processEnd, EXIT.failed), EXIT.failed)
    },
  }),
)
