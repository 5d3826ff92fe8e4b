/** What came of a step, read from its exit code and from what it wrote, never from prose. */
export interface Outcome {
  passed: number
  failed: number
  skipped: number
  /** What a person needs to see of it; empty when all is well. */
  details: string
  /** Tests of it that were not run. They count neither as passed nor, on a desk, as failed. */
  notRun?: readonly NotRun[]
}

/** A step or test that could not run, with the programs it lacks, or `ROOT`. */
export interface NotRun {
  name: string
  lacks: readonly string[]
}

/** What a finished command left behind. */
export interface Finished {
  exitCode: number
  /** Everything it printed, both streams as they came. */
  output: string
  /** Its standard output alone. */
  stdout: string
}

/** Type of {@link Finished} whose report file was read, if the step has one. */
export interface Report {
  success: boolean
  testResults: readonly {
    name: string
    status: string
    assertionResults: readonly { fullName: string; status: string }[]
  }[]
}

/** A skipped test says why in its title, for the person who wonders later. */
const REASON = /\(skipped: [^)]+\)/

export function exitOutcome({ exitCode, output }: Finished): Outcome {
  return exitCode === 0
    ? { passed: 1, failed: 0, skipped: 0, details: '' }
    : { passed: 0, failed: 1, skipped: 0, details: output.trim() }
}

/** Counts a vitest run. No report, no tests, or a skipped test without a reason are failures. */
export function vitestOutcome(finished: Finished, report: Report | undefined): Outcome {
  if (!report) return failure(`vitest wrote no report.\n${finished.output}`)

  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const passed = tests.filter(({ status }) => status === 'passed').length
  const failing = tests.filter(({ status }) => status === 'failed').length
  const resting = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')
  const withoutReason = resting.filter(({ fullName }) => !REASON.test(fullName))
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  )

  const failed = failing + withoutReason.length + brokenFiles.length
  const skipped = resting.length - withoutReason.length
  const complaints = withoutReason.map(
    ({ fullName }) => `skipped without a reason: "${fullName}"; add "(skipped: why)" to its title.`,
  )
  if (tests.length === 0 && brokenFiles.length === 0) return failure(`No test was found.\n${finished.output}`)

  const unexplained = finished.exitCode !== 0 && failed === 0
  const printed = finished.exitCode !== 0 || failing > 0 ? [finished.output.trim()] : []
  return { passed, failed: unexplained ? 1 : failed, skipped, details: [...printed, ...complaints].join('\n') }
}

/**
 * Counts the flows of foreign clients: one JSON line `{"client","flow","ok","note"}` each. `"ok":null` with `lacks` is a
 * flow that was not run for want of a program.
 */
export function foreignOutcome(finished: Finished): Outcome {
  const lines = finished.stdout.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) return failure(`No flow was reported.\n${finished.output}`)
  const flows = lines.map(readFlow)
  const passed = flows.filter((flow) => flow?.ok === true).length
  const notRun = flows.flatMap((flow) => (flow?.ok === null ? [{ name: flow.name, lacks: flow.lacks }] : []))
  const rest = { skipped: 0, ...(notRun.length > 0 && { notRun }) }

  const failed = lines.length - passed - notRun.length
  if (finished.exitCode !== 0 && failed === 0) return { ...failure(finished.output), passed, ...rest }
  return { passed, failed, ...rest, details: failed > 0 ? finished.output.trim() : '' }
}

/** Counts the cases of `npm run edges`: one JSON line `{"case","ok",…}` each. */
export function edgesOutcome(finished: Finished): Outcome {
  const lines = finished.stdout.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) return failure(`No case was reported.\n${finished.output}`)
  const failing = lines.filter((line) => !isKept(line))
  const passed = lines.length - failing.length
  if (finished.exitCode !== 0 && failing.length === 0) return { ...failure(finished.output), passed }
  return { passed, failed: failing.length, skipped: 0, details: failing.join('\n') }
}

function isKept(line: string): boolean {
  try {
    const { case: name, ok } = JSON.parse(line) as { case?: unknown; ok?: unknown }
    return typeof name === 'string' && ok === true
  } catch {
    return false
  }
}

/** Counts walks: its one line `{"ok","steps":[{"name","ms"}…]}` names each step as `walk: step`. */
export function walkOutcome(finished: Finished): Outcome {
  const result = readWalks(finished.stdout.trim())
  if (finished.exitCode !== 0 || !result) return failure(finished.output)
  return { passed: result.size, failed: 0, skipped: 0, details: '' }
}

function readWalks(line: string): Set<string> | undefined {
  try {
    const { ok, steps } = JSON.parse(line) as { ok?: unknown; steps?: { name: string; ms: number }[] }
    const walks = new Set(steps?.map(({ name }) => name.split(': ')[0] ?? ''))
    return ok === true && walks.size > 0 ? walks : undefined
  } catch {
    return undefined
  }
}

type FlowRead = { ok: boolean } | { ok: null; name: string; lacks: readonly string[] }

function readFlow(line: string): FlowRead | undefined {
  try {
    const flow = JSON.parse(line) as Partial<Record<'client' | 'flow' | 'ok' | 'lacks', unknown>> | null
    if (typeof flow?.client !== 'string' || typeof flow.flow !== 'string') return undefined
    if (flow.ok !== null) return { ok: flow.ok === true }
    // A flow that does not say what it lacks has no reason not to run.
    const { lacks } = flow
    if (!Array.isArray(lacks) || lacks.length === 0) return undefined
    return { ok: null, name: `foreign, ${flow.client}: ${flow.flow}`, lacks: lacks.map(String) }
  } catch {
    return undefined
  }
}

function failure(details: string): Outcome {
  return { passed: 0, failed: 1, skipped: 0, details: details.trim() }
}
