import { fillText } from '../../kernel/errors.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { TEXTS } from '../texts.ts'
import type { PolicyState } from './sign-in-policy.ts'

type FactorState = Pick<PolicyState, 'secondFactorFor' | 'secondFactorFrom' | 'adminsSecondFactorFrom'>

/** Returns the lines of an email about a changed second factor: the state before and after, and a suspended requirement. */
export function factorLines(before: FactorState, after: FactorState, now: Date): string[] {
  const [old, present] = [before, after].map((state) => stateLine(state, now))
  if (old === present) return []
  return [
    fillText(TEXTS.policyFactorBefore, { state: old! }),
    fillText(TEXTS.policyFactorNow, { state: present! }),
    ...suspended(before, after, now),
  ]
}

function stateLine({ secondFactorFor, secondFactorFrom, adminsSecondFactorFrom }: FactorState, now: Date): string {
  const when = (time: Date | undefined) => {
    if (!time) return TEXTS.policyFirstWeek
    return fillText(time <= now ? TEXTS.policySince : TEXTS.policyFrom, { time: shownTime(time) })
  }
  const state = fillText(TEXTS.policyFactorOf[secondFactorFor], { when: when(secondFactorFrom) })
  if (!adminsSecondFactorFrom) return state
  return state + fillText(TEXTS.policyFactorOfAdmins, { when: when(adminsSecondFactorFrom) })
}

function suspended(before: FactorState, after: FactorState, now: Date): string[] {
  const ends = (timeOf: (state: FactorState) => Date | undefined) => {
    const [old, present] = [before, after].map((state) => timeOf(state)) as [Date | undefined, Date | undefined]
    return old !== undefined && old <= now && !(present && present <= now)
  }
  if (ends(timeOfAdmins)) return [TEXTS.policyFactorEnded]
  if (!ends(timeOfOthers)) return []
  const until = timeOfOthers(after)
  if (!until) return [TEXTS.policyFactorEndedForOthers]
  return [fillText(TEXTS.policyFactorSuspended, { time: shownTime(until) })]
}

function timeOfAdmins({ secondFactorFor, secondFactorFrom, adminsSecondFactorFrom }: FactorState): Date | undefined {
  return secondFactorFor === 'no-one' ? undefined : (adminsSecondFactorFrom ?? secondFactorFrom)
}

function timeOfOthers({ secondFactorFor, secondFactorFrom }: FactorState): Date | undefined {
  return secondFactorFor === 'everyone' ? secondFactorFrom : undefined
}
