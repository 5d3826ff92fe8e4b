/** Result of a step, read from its exit code and its structured output, never from prose. */
export interface Outcome {
  passed: number
  failed: number
  skipped: number
  /** Output for the developer; empty when the step passed. */
  details: string
  /**
   * Tests of the step that were not run. They are not counted as passed. On a developer's machine they are not counted
   * as failed.
   */
  notRun?: readonly NotRun[]
}

/** A step or test that could not run, with its missing programs, or `ROOT`. */
export interface NotRun {
  name: string
  lacks: readonly string[]
}

/** Result of a finished command. */
export interface Finished {
  exitCode: number
  /** Combined output of both streams, in the order of arrival. */
  output: string
  /** Output of standard output only. */
  stdout: string
}

/** Content of the report file of a {@link Finished} step, if it has one. */
export interface Report {
  success: boolean
  testResults: readonly {
    name: string
    status: string
    assertionResults: readonly { fullName: string; status: string }[]
  }[]
}

/** A skipped test must state its reason in its title. */
const REASON = /\(skipped: [^)]+\)/

export function exitOutcome({ exitCode, output }: Finished): Outcome {
  return exitCode === 0
    ? { passed: 1, failed: 0, skipped: 0, details: '' }
    : { passed: 0, failed: 1, skipped: 0, details: output.trim() }
}

/** Counts a vitest run. A missing report, no tests, or a skipped test without a reason are failures. */
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
 * Counts the flows of foreign clients: one JSON line `{"client","flow","ok","note"}` each. `"ok":null` with `lacks` is
 * a flow that was not run because a program is missing.
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

/** Counts walks. The single line `{"ok","steps":[{"name","ms"}…]}` names each step as `walk: step`. */
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
    // Without `lacks`, a flow has no reason not to run.
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
