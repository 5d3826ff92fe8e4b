import { explain, type KnownNames } from '../error-map/index.ts'
import { AppError, type Remedy } from '../kernel/errors.ts'
import type { DoctorLine, Examined, CheckOutcome } from './doctor-line.ts'
import { CHECK_LABELS, TEXTS } from './texts.ts'

export type Facts = Readonly<Record<string, string | undefined>>

/** Result of a step. */
export type Finding =
  | { outcome: 'ok'; title: string; facts?: Facts }
  | { outcome: 'wrong'; error: AppError; title?: string; facts?: Facts }
  /** `holdsUp`: steps that need this one are not tried either. */
  | { outcome: 'not-tried'; title: string; facts?: Facts; holdsUp?: boolean }

export interface Step {
  id: string
  what: Examined
  about?: string
  /** Ids of required steps. When one of them is wrong or blocked, this step is not tried and reports that step. */
  needs?: readonly string[]
  names?: KnownNames
  limitMs?: number
  /** Runs the check. `outcomeOf` waits for another step without requiring it. */
  look: (outcomeOf: (id: string) => Promise<CheckOutcome | undefined>) => Promise<Finding>
}

export const ok = (title: string, facts?: Facts): Finding => ({ outcome: 'ok', title, ...(facts && { facts }) })
export const wrong = (error: AppError, title?: string, facts?: Facts): Finding => ({
  outcome: 'wrong',
  error,
  ...(title !== undefined && { title }),
  ...(facts && { facts }),
})
/** Result of a step that does not apply; steps that need it still run. */
export const spared = (title: string, facts?: Facts): Finding => ({
  outcome: 'not-tried',
  title,
  ...(facts && { facts }),
})
/** Result of a step that could not be tried; it blocks the steps that need it. */
export const heldUp = (title: string, facts?: Facts): Finding => ({
  outcome: 'not-tried',
  title,
  holdsUp: true,
  ...(facts && { facts }),
})

/** Default time limit of a step in milliseconds. */
export const STEP_LIMIT_MS = 15_000

const WHO: Readonly<Record<Remedy, string>> = {
  wait: TEXTS.retriesAutomatically,
  'sign-in': TEXTS.userOfMailbox,
  admin: TEXTS.postkeyAdmin,
  bug: TEXTS.makers,
}

interface Done {
  line: DoctorLine
  holdsUp: boolean
}

/**
 * Runs all steps, each as soon as its required steps have finished, and reports each line when it is known. Returns the
 * lines in the order of the steps. An error or timeout of a step affects only its own line.
 */
export async function takeSteps(steps: readonly Step[], tell: (line: DoctorLine) => void): Promise<DoctorLine[]> {
  const running = new Map<string, Promise<Done>>()
  const outcomeOf = async (id: string) => (await running.get(id))?.line.outcome

  async function take(step: Step, place: number): Promise<Done> {
    // Waits for all required steps, so that the reported step does not depend on timing.
    const before = await Promise.all((step.needs ?? []).flatMap((id) => running.get(id) ?? []))
    const inTheWay = before.find((each) => each.holdsUp)
    const done: Done = inTheWay
      ? { line: blockedLine(step, place, inTheWay.line), holdsUp: true }
      : lineOf(step, place, await withinLimit(step, outcomeOf))
    tell(done.line)
    return done
  }

  for (const [place, step] of steps.entries()) {
    for (const need of step.needs ?? []) {
      if (!running.has(need)) throw new TypeError(`${step.id} needs ${need}, which does not come before it`)
    }
    running.set(step.id, take(step, place))
  }
  return (await Promise.all(running.values())).map(({ line }) => line)
}

async function withinLimit(step: Step, outcomeOf: (id: string) => Promise<CheckOutcome | undefined>): Promise<Finding> {
  const { limitMs = STEP_LIMIT_MS } = step
  let late: NodeJS.Timeout | undefined
  const timeout = new Promise<Finding>((resolve) => {
    late = setTimeout(() => resolve(wrong(new AppError('egress.timed_out'), TEXTS.tooLate)), limitMs)
  })
  // A result after the time limit is ignored, and so is a late failure.
  const found = step.look(outcomeOf).catch((thrown: unknown) => wrong(AppError.from(thrown)))
  try {
    return await Promise.race([found, timeout])
  } finally {
    clearTimeout(late)
  }
}

function lineOf(step: Step, place: number, finding: Finding): Done {
  const { outcome, facts = {} } = finding
  const base = {
    ...headOf(step, place),
    outcome,
    facts: Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
  }
  if (finding.outcome !== 'wrong') {
    const holdsUp = finding.outcome === 'not-tried' && finding.holdsUp === true
    return { line: { ...NOTHING, ...base, title: finding.title }, holdsUp }
  }
  const { error, title = error.message } = finding
  const explanation = explain(error.code, error.upstream, step.names)
  return {
    line: {
      ...NOTHING,
      ...base,
      title,
      code: error.code,
      remedy: error.remedy,
      who: explanation?.whoWords ?? WHO[error.remedy],
      fix: error.fix,
      explanation,
    },
    holdsUp: true,
  }
}

function blockedLine(step: Step, place: number, first: DoctorLine): DoctorLine {
  const because = first.because ?? first.id
  return {
    ...NOTHING,
    ...headOf(step, place),
    outcome: 'not-tried',
    title: TEXTS.blocked,
    facts: [],
    because,
  }
}

function headOf(
  { id, what, about }: Step,
  place: number,
): Pick<DoctorLine, 'id' | 'what' | 'about' | 'label' | 'place'> {
  const name = CHECK_LABELS[what]
  return { id, what, about, label: about === undefined ? name : `${name}, ${about}`, place }
}

const NOTHING = {
  code: undefined,
  remedy: undefined,
  who: undefined,
  fix: undefined,
  explanation: undefined,
  because: undefined,
}
