/**
 * Imports a full mailbox, kills the server in the middle of it, and compares the result with the mailbox.
 * Usage: npm run --silent import [-- --json] [--messages 2000]
 *
 * Ends with 1 when a message is missing or doubled, or when Graph received too many requests. Times and memory are only
 * reported.
 */
import { parseArgs } from 'node:util'
import { killedImport } from './killed-import.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, messages: { type: 'string', default: '2000' } },
})
const messages = Number(values.messages)
if (!Number.isInteger(messages) || messages < 100) {
  console.error('Usage: npm run --silent import -- [--json] [--messages N], at least 100 of them')
  process.exitCode = 2
} else {
  try {
    const { faults, ...figures } = await killedImport(messages, (line) => values.json || console.log(line))
    if (faults.length > 0) process.exitCode = 1
    console.log(JSON.stringify({ ok: faults.length === 0, ...figures, ...(faults.length > 0 && { faults }) }))
  } catch (error) {
    process.exitCode = 1
    console.log(JSON.stringify({ ok: false, faults: [error instanceof Error ? error.message : String(error)] }))
  }
}
