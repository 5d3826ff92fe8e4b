/** The program of a release, started by `bin/postkey`: the server, or a command at the terminal. Usage: postkey --help */
import { EXIT, programOfRelease } from './cli/index.ts'
import { readConfig, readDatabaseUrl } from './config.ts'
import { leaveErrorsToServer, runPostkey } from './postkey.ts'
import { runServer } from './run-server.ts'

process.exitCode = await runPostkey(
  process.argv.slice(2),
  {
    find: async () => ({ config: readConfig(process.env), leave: async () => undefined }),
    findDatabase: async () => ({ url: readDatabaseUrl(process.env), leave: async () => undefined }),
  },
  programOfRelease(() => {
    leaveErrorsToServer()
    return runServer(() => ({ config: readConfig(process.env) }), EXIT.failed)
  }),
)
