import type { Clock } from '../kernel/clock.ts'
import type { AppError } from '../kernel/errors.ts'
import { type DoctorReport, createReport } from './report.ts'
import { heldUp, ok, type Step, takeSteps, wrong } from './steps.ts'
import { TEXTS } from './texts.ts'

/** Report on an installation that could not be opened: its database or its keys are the failing line. */
export async function examineUnopened(error: AppError, clock: Clock): Promise<DoctorReport> {
  const isOfKeys = error.entry.scope === 'key'
  const steps: Step[] = [
    { id: 'database', what: 'database', look: async () => (isOfKeys ? ok(TEXTS.databaseAnswers) : wrong(error)) },
    {
      id: 'keys',
      what: 'keys',
      needs: ['database'],
      look: async () => (isOfKeys ? wrong(error) : heldUp(TEXTS.notTried)),
    },
    { id: 'sign-in', what: 'sign-in', needs: ['keys'], look: async () => heldUp(TEXTS.notTried) },
  ]
  const lines = await takeSteps(steps, () => undefined)
  return createReport({ at: clock.now(), publicUrl: undefined, about: undefined, lines })
}
