/**
 * Walks from a fresh start to an answered customer, without a browser: once where an admin consents, once where people
 * may. Usage: npm run --silent walk [-- --json] [admin-consent | user-consent]
 *
 * Prints a line per run; ends with 1 when a step fails, and names it.
 */
import { parseArgs } from 'node:util'
import { StepFailed, walk, type Mode } from './walk.ts'

const MODES: readonly Mode[] = ['admin-consent', 'user-consent']

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const modes = positionals.length === 0 ? MODES : MODES.filter((mode) => positionals.includes(mode))

for (const mode of modes) {
  try {
    const result = await walk(mode, (line) => values.json || console.log(line))
    console.log(
      values.json
        ? JSON.stringify(result)
        : `${mode}: received after ${result.receivedAfterMs} ms, answered after ${result.repliedAfterMs} ms`,
    )
  } catch (error) {
    process.exitCode = 1
    const step = error instanceof StepFailed ? error.step : 'walk'
    const message = error instanceof Error ? error.message : String(error)
    console.log(
      values.json ? JSON.stringify({ ok: false, mode, step, error: message }) : `${mode}: ${step}: ${message}`,
    )
  }
}
