/** One fault during a drill, and its observations. */
import type { Submission, ConnectedPart, Reason } from './connected-part.ts'
import type { CatalogueFault, ControlPanel, FaultTarget, RevealingCall } from './control-panel.ts'
import type { Plan } from './plan.ts'
import type { PostkeyEvent } from '../walk/postkey-client.ts'

export type TimedEvent = PostkeyEvent

/** Promise: noticed a minute after Microsoft showed it. */
export const NOTICED_WITHIN_MS = 60_000

export interface Noticed {
  at: number
  /** State of the account, or of the queued or refused message. */
  state: string
  code: string
  reason?: Reason
}

export interface Trial {
  fault: CatalogueFault
  plan: Plan
  party: ConnectedPart
  faultId: string | undefined
  /** Id of the fault next to it. */
  besideId?: string
  visible: RevealingCall | undefined
  noticed: Noticed | undefined
  /** Message-IDs of the mail to the mailbox. */
  letters: string[]
  replyId: string | undefined
  /** The current sign-in with a code. */
  codeSignInId: string | undefined
  /** States of the account, its grant and its Cloud Provider since the fault was turned on. */
  states: { at: number; to: string; reason: string | null }[]
  endedAt: number | undefined
  recoveredAt: number | undefined
  faults: string[]
}

export function createTrial(fault: CatalogueFault, plan: Plan, party: ConnectedPart): Trial {
  return {
    ...{ fault, plan, party, letters: [], states: [], faults: [] },
    ...{ faultId: undefined, visible: undefined, noticed: undefined, replyId: undefined, codeSignInId: undefined },
    ...{ endedAt: undefined, recoveredAt: undefined },
  }
}

/** The narrowest target that covers all of the part, and nothing of others. */
export function chooseTarget({ fault: { scopes }, plan, party }: Trial): FaultTarget {
  const { part } = party
  if (scopes.includes('application') && plan.endedBy === 'new-secret') return { application: part.clientId }
  if (scopes.includes('tenant')) return { tenant: part.tenantId }
  if (scopes.includes('application')) return { application: part.clientId }
  return {}
}

export const formatSubject = ({ party }: Trial, letter: string) => `${party.part.name} ${letter}`

/**
 * `true` while the clock must not move, as far as this trial is concerned: the fault is not noticed but might still be
 * in time.
 */
export function isWaiting({ plan, visible, noticed }: Trial, now: number): boolean {
  return (
    plan.outcome === 'reported' &&
    plan.lookedForEveryMs === undefined &&
    visible !== undefined &&
    !noticed &&
    now - Date.parse(visible.at) < NOTICED_WITHIN_MS
  )
}

const WELL = ['connected', 'importing', 'connecting']

/** Records an event about this trial. */
export function hear(trial: Trial, event: TimedEvent): void {
  const { party } = trial
  const at = Date.parse(event.time)
  const reason = typeof event.data['reason'] === 'string' ? event.data['reason'] : null
  const isState =
    (event.kind === 'email_account.state_changed' && event.subject === party.accountId) ||
    (event.kind === 'grant.state_changed' && event.subject === party.grantId) ||
    (event.kind === 'cloud_provider.state_changed' && event.subject === party.providerId)
  if (isState && trial.faultId !== undefined) {
    const to = String(event.data['to'])
    trial.states.push({ at, to, reason })
    if (!trial.noticed && !WELL.includes(to) && reason !== null) trial.noticed = { at, state: to, code: reason }
  }
  const isMail = event.kind.startsWith('submission.') && event.subject === trial.replyId
  if (isMail && trial.plan.reportedAt === 'mail' && !trial.noticed && reason !== null && trial.faultId !== undefined) {
    trial.noticed = { at, state: `mail ${String(event.data['state'])}`, code: reason }
  }
}

/** Records the texts about the noticed problem, as users see them. */
export async function explain(trial: Trial): Promise<void> {
  const { noticed, party, replyId } = trial
  if (!noticed || noticed.reason) return
  const { reason, protocolReasons } = await party.account()
  const said = [reason, protocolReasons.sends.reason, protocolReasons.receives.reason].find(
    (one) => one?.code === noticed.code,
  )
  if (said) noticed.reason = said
  if (noticed.reason || replyId === undefined) return
  const { why }: Submission = await party.submission(replyId)
  if (why?.code === noticed.code) noticed.reason = why
}

/** Result of the sign-in with a code, as the user who started it sees it. */
export async function lookAtCode(trial: Trial, now: number): Promise<void> {
  const { codeSignInId, party } = trial
  if (codeSignInId === undefined || trial.noticed) return
  const { state, reason } = await party.codeSignIn(codeSignInId)
  if (state !== 'failed' || !reason) return
  trial.noticed = { at: now, state: 'sign-in failed', code: reason.code, reason: { ...reason, remedy: 'sign-in' } }
}

export async function lookAtCalls(controlPanel: ControlPanel, trial: Trial): Promise<void> {
  if (trial.faultId === undefined || trial.visible) return
  trial.visible = (await controlPanel.callsOf(trial.faultId))[0]
}
