import { MissingProgram } from './program.ts'

/** One flow of one third-party client, driven against a running sandbox. */
export interface Flow {
  client: string
  flow: string
  /** Resolves with a note of what the client received, or rejects with the reason of the failure. */
  run: () => Promise<string>
}

export interface FlowResult {
  client: string
  flow: string
  /** `null` when the flow was not run because the machine lacks the programs in `lacks`. */
  ok: boolean | null
  lacks?: readonly string[]
  note: string
}

/** Runs a flow. A missing program is neither a failure of the sandbox nor a success: the flow counts as not run. */
export async function runFlow({ client, flow, run }: Flow): Promise<FlowResult> {
  try {
    return { client, flow, ok: true, note: await run() }
  } catch (error) {
    if (error instanceof MissingProgram) return { client, flow, ok: null, lacks: [error.program], note: error.message }
    return { client, flow, ok: false, note: describe(error) }
  }
}

/** One result as a readable line. */
export function flowLine({ client, flow, ok, note }: FlowResult): string {
  return `${ok === null ? 'not run' : ok ? 'ok     ' : 'FAILED '} ${client}: ${flow} – ${note}`
}

/** Last line of the readable output. */
export function countsLine(results: readonly FlowResult[]): string {
  const count = (wanted: boolean | null) => results.filter(({ ok }) => ok === wanted).length
  const missing = [...new Set(results.flatMap(({ lacks = [] }) => lacks))]
  const notRun = count(null) > 0 ? `, ${count(null)} not run for lack of ${missing.join(', ')}` : ''
  return `${count(true)} ok, ${count(false)} failed${notRun}`
}

/** 1 when a flow failed, or when none was run; otherwise 0. */
export function chooseExitCode(results: readonly FlowResult[]): number {
  return results.some(({ ok }) => ok === false) || !results.some(({ ok }) => ok) ? 1 : 0
}

/** Text of an error with all its reasons. Third-party errors store the reason in different properties. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: unknown }
  const parts = [error.name, typeof code === 'string' ? code : '', error.message]
  if (error.cause !== undefined) parts.push(`(${describe(error.cause)})`)
  return parts.filter(Boolean).join(' ')
}

/** Throws an error with `sentence` when the client received something that Microsoft would not have sent. */
export function expect(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`expected ${sentence}`)
}
