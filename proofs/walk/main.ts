/**
 * Walks from a fresh start to an answered customer, without a browser: once where an admin consents, once where people
 * may. Usage: npm run --silent walk [-- --json] [admin-consent | user-consent]
 *
 * Tells each step, or with --json one line for all; ends with 1 when a step fails, and names it.
 */
import { parseArgs } from 'node:util'
import type { Mode } from './connect-support.ts'
import { StepFailed } from './steps.ts'
import { walk, type WalkResult } from './walk.ts'

const MODES: readonly Mode[] = ['admin-consent', 'user-consent']
const USAGE = 'Usage: npm run --silent walk -- [--json] [admin-consent | user-consent]'

const asked = readArguments()
if (asked) await walkAll(asked)

/** Absent when the words of the call are off, which is said. */
function readArguments(): { json: boolean; modes: readonly Mode[] } | undefined {
  try {
    const { values, positionals } = parseArgs({
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    const unknown = positionals.find((name) => !MODES.some((mode) => mode === name))
    if (unknown !== undefined) throw new TypeError(`There is no walk "${unknown}".`)
    return { json: values.json, modes: MODES.filter((mode) => positionals.length === 0 || positionals.includes(mode)) }
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`)
    process.exitCode = 2
    return undefined
  }
}

async function walkAll({ json, modes }: { json: boolean; modes: readonly Mode[] }): Promise<void> {
  const results: WalkResult[] = []
  try {
    for (const mode of modes) results.push(await walk(mode, (line) => json || console.log(line)))
  } catch (error) {
    process.exitCode = 1
    const step = error instanceof StepFailed ? error.step : 'walk'
    const message = error instanceof Error ? error.message : String(error)
    console.log(json ? JSON.stringify({ ok: false, step, error: message }) : `FAILED ${step}: ${message}`)
    return
  }
  const worst = {
    receivedAfterMs: Math.max(...results.map(({ receivedAfterMs }) => receivedAfterMs)),
    repliedAfterMs: Math.max(...results.map(({ repliedAfterMs }) => repliedAfterMs)),
  }
  console.log(
    json
      ? JSON.stringify({ ok: true, steps: results.flatMap(({ steps }) => steps), ...worst })
      : `Received after ${worst.receivedAfterMs} ms, answered after ${worst.repliedAfterMs} ms.`,
  )
}
