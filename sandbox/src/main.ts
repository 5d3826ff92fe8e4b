/** Starts the sandbox from the command line. Usage: npm run sandbox [-- --data FOLDER] */
import { resolve } from 'node:path'
import { runSandbox } from './command-line.ts'

await runSandbox({ command: 'npm run sandbox --', dataFolder: resolve(import.meta.dirname, '../../data/sandbox') })
