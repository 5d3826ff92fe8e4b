/**
 * Limits repeated failures to one line per cause and minute. The first line of a cause is written at once, with its stack.
 * While it repeats, one line a minute follows, with the number of repeats and without a stack.
 */
export interface LogRepeats {
  /**
   * Counts a failure.
   *
   * @param report called with the number of repeats at the end of a minute that had any
   * @returns whether the line is to be written
   */
  admit(cause: string, report: (repeats: number) => void): boolean
}

const WINDOW_MS = 60_000
/** Maximum causes remembered at once. Lines of further causes are written without a limit. */
const MOST_CAUSES = 1000

export function createLogRepeats(): LogRepeats {
  const causes = new Map<string, { repeats: number; report: (repeats: number) => void }>()

  function endWindow(cause: string): void {
    const { repeats, report } = causes.get(cause)!
    if (repeats === 0) {
      causes.delete(cause)
      return
    }
    causes.set(cause, { repeats: 0, report })
    beginWindow(cause)
    report(repeats)
  }

  function beginWindow(cause: string): void {
    setTimeout(() => endWindow(cause), WINDOW_MS).unref()
  }

  return {
    admit(cause, report) {
      const known = causes.get(cause)
      if (known) {
        known.repeats++
        known.report = report
        return false
      }
      if (causes.size < MOST_CAUSES) {
        causes.set(cause, { repeats: 0, report })
        beginWindow(cause)
      }
      return true
    },
  }
}
