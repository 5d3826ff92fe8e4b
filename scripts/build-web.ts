/** Builds the web UI into `web/dist`, from which the server serves it. Usage: npm run build */
import { buildWeb } from './start/web-build.ts'

try {
  buildWeb()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
