/** Runs a Postkey command in the terminal. Usage: npm run postkey -- <verb> [options] */
import { runPostkey } from '../server/src/postkey.ts'
import { findInstallation } from './start/installation.ts'

process.exitCode = await runPostkey(process.argv.slice(2), () => findInstallation(process.env))
