/**
 * The test run: all automated checks of the repository, as named steps. Its last line contains the counts.
 *
 * Usage: npm test [-- name …] for all steps or the named ones; npm run check for the fast ones.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { findProgram } from './programs.ts'
import {
  edgesOutcome,
  exitOutcome,
  foreignOutcome,
  vitestOutcome,
  walkOutcome,
  type Finished,
  type NotRun,
  type Outcome,
  type Report,
} from './test-run/outcome.ts'
import { provide } from './setup/missing-programs.ts'
import { runCommand } from './test-run/run-command.ts'
import { chooseSteps, STAGES, STEPS, type Step } from './test-run/steps.ts'
import { ROOT, stepLine, summary, total, type StepResult } from './test-run/summary.ts'

const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0
const reports = mkdtempSync(join(tmpdir(), 'postkey-test-'))
process.on('exit', () => rmSync(reports, { recursive: true, force: true }))

process.chdir(join(import.meta.dirname, '..'))
const { steps, unknown } = chooseSteps(process.argv.slice(2))
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. There are: ${STEPS.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

const wanted = new Set(steps.flatMap(({ needs = [], uses = [] }) => [...needs, ...uses]))
provide([...wanted].filter((program) => !findProgram(program)))

const notRun: NotRun[] = []
const results: StepResult[] = []

for (const [stage, atOnce] of Object.entries(STAGES)) {
  await inTurn(
    steps.filter((step) => step.stage === stage),
    atOnce,
  )
}

const strict = /^(1|true)$/.test(process.env.CI ?? '')
console.log(`\n${summary(results, notRun, strict)}`)
if (total(results, notRun, strict).failed > 0) process.exitCode = 1

async function inTurn(queue: readonly Step[], atOnce: number): Promise<void> {
  const waiting = [...queue]
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) await take(step)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

async function take(step: Step): Promise<void> {
  const lacks = [
    ...(step.needs ?? []).filter((program) => !findProgram(program)),
    ...(step.asRoot && !isRootOnLinux ? [ROOT] : []),
  ]
  if (lacks.length > 0) {
    notRun.push({ name: step.name, lacks })
    console.log(`not run ${step.name}`)
    return
  }
  const start = performance.now()
  const outcome = await run(step)
  const result = { name: step.name, seconds: (performance.now() - start) / 1000, ...outcome }
  results.push(result)
  console.log(stepLine(result))
}

async function run(step: Step): Promise<Outcome> {
  const report = join(reports, `${step.name}.json`)
  const finished = await runCommand(
    step.command.map((part) => part.replace('{report}', report)),
    step.limitMs,
  )
  return readOutcome(step, finished, report)
}

function readOutcome({ counts }: Step, finished: Finished, report: string): Outcome {
  switch (counts) {
    case 'exit':
      return exitOutcome(finished)
    case 'vitest':
      return vitestOutcome(finished, readReport(report))
    case 'foreign':
      return foreignOutcome(finished)
    case 'edges':
      return edgesOutcome(finished)
    case 'walk':
      return walkOutcome(finished)
  }
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return undefined // the command crashed before it could write a report; `vitestOutcome` reports this with its output
  }
}
