import type { NotRun, Outcome } from './outcome.ts'

export interface StepResult extends Outcome {
  name: string
  seconds: number
}

/** Missing requirement of a step that creates namespaces. */
export const ROOT = 'root on Linux'

/** The line printed as soon as a step has finished. */
export function stepLine({ name, seconds, passed, failed, skipped, notRun = [] }: StepResult): string {
  const word = failed > 0 ? 'failed' : 'ok'
  const counts = passed + failed + skipped > 1 || notRun.length > 0 ? countsLine({ passed, failed, skipped }) : ''
  const rest = notRun.length > 0 ? `, ${notRun.length} not run` : ''
  return `${word.padEnd(7)} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s  ${counts}${rest}`.trimEnd()
}

/**
 * Summary of a run: details of failures, steps and tests that were not run with the reason, and the counts as the last
 * line. If `strict`, what was not run counts as failed, because CI must be able to run everything.
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

/** Steps that were not run, and tests that were not run within a completed step. */
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
