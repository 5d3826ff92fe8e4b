import type { NotRun, Outcome } from './outcome.ts'

export interface StepResult extends Outcome {
  name: string
  seconds: number
}

/** What a step lacks that makes namespaces. */
export const ROOT = 'root on Linux'

/** The line printed as soon as a step is done. */
export function stepLine({ name, seconds, passed, failed, skipped, notRun = [] }: StepResult): string {
  const word = failed > 0 ? 'failed' : 'ok'
  const counts = passed + failed + skipped > 1 || notRun.length > 0 ? countsLine({ passed, failed, skipped }) : ''
  const rest = notRun.length > 0 ? `, ${notRun.length} not run` : ''
  return `${word.padEnd(7)} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s  ${counts}${rest}`.trimEnd()
}

/**
 * The end of a run: details of what failed, what was not run and why, and the counts as the last line. What was not
 * run counts as failed when `strict`, because a machine that is to judge must be able to.
 */
export function summary(results: readonly StepResult[], steps: readonly NotRun[], strict: boolean): string {
  const notRun = allNotRun(results, steps)
  const sections = [
    ...results.filter(({ details }) => details !== '').map(({ name, details }) => `--- ${name}\n${details}`),
    ...(notRun.length > 0 ? [notRun.map(notRunLine).join('\n')] : []),
    countsLine(total(results, steps, strict)),
  ]
  return sections.join('\n\n')
}

export function total(results: readonly StepResult[], steps: readonly NotRun[], strict: boolean) {
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((all, result) => all + result[key], 0)
  return {
    passed: sum('passed'),
    failed: sum('failed') + (strict ? allNotRun(results, steps).length : 0),
    skipped: sum('skipped'),
  }
}

/** Steps that were not run, and tests that were not run of steps that were. */
function allNotRun(results: readonly StepResult[], steps: readonly NotRun[]): NotRun[] {
  return [...steps, ...results.flatMap(({ notRun = [] }) => notRun)]
}

function notRunLine({ name, lacks }: NotRun): string {
  const programs = lacks.filter((each) => each !== ROOT)
  if (programs.length === 0) return `not run: ${name}, because it needs ${ROOT}.`
  return `not run: ${name}, because ${lacks.join(' and ')} is missing. "npm run setup" installs it or says how.`
}

function countsLine({ passed, failed, skipped }: Pick<Outcome, 'passed' | 'failed' | 'skipped'>): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
