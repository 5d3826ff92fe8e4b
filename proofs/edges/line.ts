/** One JSON line per case: the promise, the result, and whether both agree. */

export interface Line {
  case: string
  promised: string
  saw: string
  /** Accepted messages and submissions that are missing, or have no end. */
  lost: number
  /** Messages stored twice and submissions that arrived twice. */
  doubled: number
  /** From the start of the failure to its first report; null when it was never reported. */
  noticedMs: number | null
  /** `true` when the report names the cause and the fix. */
  explained: boolean
  ok: boolean
  /** Longest event-loop delay of the server, without its waits for a processor. */
  loopDelayMs: number
  seconds: number
  /** Each broken promise; absent when all were kept. */
  faults?: string[]
}

/** Collects what a case observed. */
export interface Findings {
  saw: string[]
  lost: number
  doubled: number
  noticedMs: number | null
  explained: boolean
  faults: string[]
}

/** A server with longer delays than this counts as stalled. */
export const LONGEST_DELAY_MS = 3000

export function noFindings(): Findings {
  return { saw: [], lost: 0, doubled: 0, noticedMs: null, explained: false, faults: [] }
}

export function createLine(
  { name, promised }: { name: string; promised: string },
  findings: Findings,
  { loopDelayMs, seconds }: { loopDelayMs: number; seconds: number },
): Line {
  const { saw, lost, doubled, noticedMs, explained } = findings
  const faults = [
    ...findings.faults,
    ...(lost > 0 ? [`${lost} lost`] : []),
    ...(doubled > 0 ? [`${doubled} doubled`] : []),
    ...(noticedMs === null ? ['the failure was never reported'] : []),
    ...(explained ? [] : ['no report names cause and fix']),
    ...(loopDelayMs > LONGEST_DELAY_MS ? [`the event loop stood still for ${loopDelayMs} ms`] : []),
  ]
  return {
    ...{ case: name, promised, saw: saw.join('; '), lost, doubled, noticedMs, explained, ok: faults.length === 0 },
    ...{ loopDelayMs, seconds, ...(faults.length > 0 && { faults }) },
  }
}
