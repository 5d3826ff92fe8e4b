/** Target of a figure: for its value, or for its ratio to the baseline measured next to it. */
export interface Wanted {
  of?: 'value' | 'ratio'
  atMost?: number
  atLeast?: number
}

export interface Figure {
  name: string
  value: number
  unit: string
  /** The same by the plainest means, measured in the same run: only the ratio says something on a busy machine. */
  baseline?: number
  wanted?: Wanted
  /** Lines that explain the value. */
  details?: readonly string[]
}

/** The line of a figure: `target` in words, `met` only where something is wanted. */
export function toLine({ name, value, unit, baseline, wanted, details }: Figure) {
  const ratio = baseline === undefined ? undefined : value / baseline
  const measured = wanted?.of === 'ratio' ? ratio : value
  return {
    name,
    value: round(value),
    unit,
    ...(wanted && { target: wordsOf(wanted), met: isMet(wanted, measured) }),
    ...(baseline !== undefined && { baseline: round(baseline), ratio: round(ratio!) }),
    ...(details && { details }),
  }
}

function isMet({ atMost = Infinity, atLeast = -Infinity }: Wanted, measured: number | undefined): boolean {
  return measured !== undefined && measured <= atMost && measured >= atLeast
}

function wordsOf({ of = 'value', atMost, atLeast }: Wanted): string {
  const bounds = [atLeast === undefined ? [] : [`>= ${atLeast}`], atMost === undefined ? [] : [`<= ${atMost}`]].flat()
  return (of === 'ratio' ? 'ratio ' : '') + bounds.join(', ')
}

export function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN
}

function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}

/** Tools of a part of the bench. */
export interface Bench {
  /** A short form: the same figures of less mail. */
  quick: boolean
  tell: (figure: Figure) => void
  /** For people who wait: goes to stderr. */
  say: (line: string) => void
}
