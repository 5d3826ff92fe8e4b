import type { Clock } from '../kernel/clock.ts'
import type { AppError } from '../kernel/errors.ts'
import { type DoctorReport, reportOf } from './report.ts'
import { heldUp, ok, type Step, takeSteps, wrong } from './steps.ts'

/** The report on an installation that cannot even be opened: its database or its keys are the line that is wrong. */
export async function examineUnopened(error: AppError, clock: Clock): Promise<DoctorReport> {
  const isOfKeys = error.entry.scope === 'key'
  const steps: Step[] = [
    { id: 'database', what: 'database', look: async () => (isOfKeys ? ok('The database answers') : wrong(error)) },
    {
      id: 'keys',
      what: 'keys',
      needs: ['database'],
      look: async () => (isOfKeys ? wrong(error) : heldUp('It was not tried')),
    },
    { id: 'sign-in', what: 'sign-in', needs: ['keys'], look: async () => heldUp('It was not tried') },
  ]
  const lines = await takeSteps(steps, () => undefined)
  return reportOf({ at: clock.now(), publicUrl: undefined, about: undefined, lines })
}
