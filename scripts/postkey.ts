/** Runs a Postkey command in the terminal. Usage: npm run postkey -- <verb> [options] */
import { runPostkey } from '../server/src/postkey.ts'
import { findDatabase, findInstallation, findLogFile } from './start/installation.ts'

process.exitCode = await runPostkey(process.argv.slice(2), {
  find: () => findInstallation(process.env),
  findDatabase: (options) => findDatabase(process.env, options),
  findLogFile: () => findLogFile(process.env),
})
