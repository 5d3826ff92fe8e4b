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
  ok: boolean
  note: string
}

export async function runFlow({ client, flow, run }: Flow): Promise<FlowResult> {
  try {
    return { client, flow, ok: true, note: await run() }
  } catch (error) {
    return { client, flow, ok: false, note: describe(error) }
  }
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
