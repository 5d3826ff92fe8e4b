/** The command `postkey-sandbox`. */
import { runSandbox } from '../src/command-line.ts'

await runSandbox({ command: 'postkey-sandbox', dataFolder: '.postkey-sandbox' })
