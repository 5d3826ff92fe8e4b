import { MissingProgram } from './program.ts'

/** One flow of one client that we did not write, driven against a running sandbox. */
export interface Flow {
  client: string
  flow: string
  /** Resolves with a note of what was seen, or throws what went wrong. */
  run: () => Promise<string>
}

export interface FlowResult {
  client: string
  flow: string
  /** `null`: not run, because the machine lacks the programs in `lacks`. */
  ok: boolean | null
  lacks?: readonly string[]
  note: string
}

/** A missing program is neither a failure of the sandbox nor a success: the flow counts as not run. */
export async function runFlow({ client, flow, run }: Flow): Promise<FlowResult> {
  try {
    return { client, flow, ok: true, note: await run() }
  } catch (error) {
    if (error instanceof MissingProgram) return { client, flow, ok: null, lacks: [error.program], note: error.message }
    return { client, flow, ok: false, note: describe(error) }
  }
}

/** A result for people. */
export function flowLine({ client, flow, ok, note }: FlowResult): string {
  return `${ok === null ? 'not run' : ok ? 'ok     ' : 'FAILED '} ${client}: ${flow} – ${note}`
}

/** The last line for people. */
export function countsLine(results: readonly FlowResult[]): string {
  const count = (wanted: boolean | null) => results.filter(({ ok }) => ok === wanted).length
  const missing = [...new Set(results.flatMap(({ lacks = [] }) => lacks))]
  const notRun = count(null) > 0 ? `, ${count(null)} not run for lack of ${missing.join(', ')}` : ''
  return `${count(true)} ok, ${count(false)} failed${notRun}`
}

/** 1 when a flow failed, or when none was run. */
export function exitCodeOf(results: readonly FlowResult[]): number {
  return results.some(({ ok }) => ok === false) || !results.some(({ ok }) => ok) ? 1 : 0
}

/** Foreign errors hide the reason in different places; a red line should show all of it. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: unknown }
  const parts = [error.name, typeof code === 'string' ? code : '', error.message]
  if (error.cause !== undefined) parts.push(`(${describe(error.cause)})`)
  return parts.filter(Boolean).join(' ')
}

/** Throws a sentence when the client saw something else than Microsoft would have shown it. */
export function expect(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`expected ${sentence}`)
}
