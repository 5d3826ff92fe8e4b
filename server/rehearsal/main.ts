/**
 * Starts the server for a rehearsal: `npm run serve` with the clock of a sandbox (`POSTKEY_CLOCK`) and orders to end at named
 * steps (`POSTKEY_CHAOS`). For development and proofs; real mail is refused.
 */
import { runServer } from '../src/run-server.ts'
import { readRehearsal } from './read-rehearsal.ts'

await runServer(() => readRehearsal(process.env))
