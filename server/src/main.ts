/** Starts only the server, configured by its environment. Usage: npm run serve */
import { readConfig } from './config.ts'
import { runServer } from './run-server.ts'

await runServer(() => ({ config: readConfig(process.env) }))
