/** Report on a fault as one line, and its judgment against the promises of Postkey. */
import type { PostkeyClient } from '../walk/postkey-client.ts'
import type { ControlPanel, RevealingCall } from './control-panel.ts'
import { findExplanation, readHistory, type Explanation, type Incident } from './history.ts'
import { heldBackFrom, receivedBy } from './received.ts'
import type { Relay } from './relay.ts'
import { NOTICED_WITHIN_MS, formatSubject, type Trial } from './trial.ts'

export interface DrillLine {
  fault: string
  visibleAt: RevealingCall | null
  /** By the clock, from then until the state and its reason were visible. */
  noticedMs: number | null
  state: string | null
  /** Id of its incident, when it lasted. */
  incident: string | null
  code: string | null
  remedy: string | null
  fix: string | null
  /** Source of the explanation: the current state, or the history that covers the time of the fault. */
  explained: Explanation['by'] | null
  /** Alert emails to the contact; reminders and the all-clear are not counted. */
  alerts: number
  /** By the clock, from its end until the mailbox was as before. */
  recovered: number | null
  lost: number
  twice: number
  /** Reason why an absorbed fault is not reported. */
  why?: string
  faults?: string[]
}

/**
 * Mail queued for this long is an incident, whatever the reason (decision 0021). The clock of the drill jumps further,
 * so any fault that keeps mail in the outbox may lead to it, once per jump.
 */
const OVERDUE_AFTER_MS = 15 * 60_000

/** States of mail that is not sent until a person acts. */
const WAITING: readonly string[] = ['mail queued', 'mail sending']

export async function judgeTrial(
  trial: Trial,
  { client, controlPanel, relay }: { client: PostkeyClient; controlPanel: ControlPanel; relay: Relay },
): Promise<DrillLine> {
  const { fault, plan, party, visible, noticed, letters, endedAt, recoveredAt } = trial
  const shown = await receivedBy(client, party.accountId, letters)
  const answers = await controlPanel.arrived(party.customer, formatSubject(trial, 'answer'))
  const heldBack = plan.protocols?.receivesBy ? await heldBackFrom(client, party.accountId) : 0
  const missing = letters.filter((letter) => !shown.includes(letter)).length
  const lost = missing - (plan.isHeldBack && heldBack > 0 ? 1 : 0) + (answers === 0 ? 1 : 0)
  const twice = shown.length - new Set(shown).size + Math.max(0, answers - 1)
  const history = await readHistory(client, trial, controlPanel.now())
  const { incidents } = history
  const { by: explained, reason } = findExplanation(noticed, history) ?? {}
  const alerts = (await Promise.all(incidents.map(({ id }) => relay.alertsOf(id)))).flat()

  const noticedMs = visible && noticed ? Math.max(0, noticed.at - Date.parse(visible.at)) : undefined
  const recovered = endedAt !== undefined && recoveredAt !== undefined ? recoveredAt - endedAt : undefined
  const faults: string[] = []
  const expectThat = (isSo: boolean, sentence: string) => {
    if (!isSo) faults.push(sentence)
  }
  if (plan.isShown === false) expectThat(visible === undefined, 'the fault became visible unexpectedly')
  else expectThat(visible !== undefined, 'the fault never became visible, so the trial proves nothing')
  if (plan.outcome === 'reported') {
    expectThat(noticedMs !== undefined, 'the fault was not noticed')
    const within = NOTICED_WITHIN_MS + (plan.lookedForEveryMs ?? 0)
    expectThat((noticedMs ?? 0) <= within, `the fault was noticed after more than ${within / 1000} s`)
    expectThat(
      reason !== undefined && [reason.code, reason.remedy, reason.fix].every((text) => text !== ''),
      'the fault was not explained',
    )
    const needsAction = reason?.remedy === 'admin' || reason?.remedy === 'sign-in'
    // A failed message is reported to its author; a queued one is an incident, like a mailbox that is not read.
    const waits = plan.reportedAt === 'state' || (WAITING.includes(noticed?.state ?? '') && !plan.switchesToGraph)
    if (plan.metBy === 'mailbox' && waits && needsAction) {
      expectThat(incidents.length > 0, 'no incident was opened')
      expectThat(alerts.length === 1, 'no alert was sent')
    }
    if (plan.reportedAt === 'mail') {
      expectThat(
        incidents.every(({ closedAt }) => closedAt !== undefined),
        'the incident is still open after the end of the fault',
      )
    }
  } else {
    const states = trial.states.map(({ to, reason }) => `${to}${reason === null ? '' : ` (${reason})`}`)
    expectThat(noticed === undefined, `the fault was not absorbed: ${states.join(', ')} ${noticed?.state ?? ''}`)
  }
  const sends = plan.reportedAt === 'mail' || plan.protocols?.sendsBy === 'smtp'
  const isOverdue = ({ since, openedAt }: Incident) =>
    sends &&
    [since, visible?.at].every((at) => at !== undefined && Date.parse(openedAt) - Date.parse(at) >= OVERDUE_AFTER_MS)
  const others = incidents.filter((incident) => !isOverdue(incident))
  expectThat(
    others.length <= (plan.outcome === 'reported' ? 1 : 0),
    `${others.length} incidents were opened: ${others.map(inWords).join('; ')}`,
  )
  for (const incident of incidents.filter(isOverdue)) {
    expectThat(
      incident.closedAt !== undefined,
      `an incident is still open after the end of the fault: ${inWords(incident)}`,
    )
  }
  expectThat(alerts.length <= 1, `${alerts.length} alerts were sent`)
  expectThat(recovered !== undefined, 'the mailbox did not recover after the end of the fault')
  // The copy of the reply in Sent Items is one, too.
  expectThat(
    plan.isHeldBack ? heldBack > 0 : heldBack === 0,
    `${heldBack} messages are shown as unavailable from the server`,
  )
  expectThat(lost === 0, `${lost} messages are lost`)
  expectThat(twice === 0, `${twice} messages are duplicates`)

  return {
    fault: fault.name,
    visibleAt: visible ?? null,
    noticedMs: noticedMs ?? null,
    state: noticed?.state ?? null,
    incident: incidents.map(({ cause }) => cause).join(', ') || null,
    code: noticed?.code ?? null,
    remedy: reason?.remedy ?? null,
    fix: reason?.fix ?? null,
    explained: explained ?? null,
    alerts: alerts.length,
    recovered: recovered ?? null,
    lost,
    twice,
    ...(plan.why !== undefined && { why: plan.why }),
    ...(faults.length > 0 && { faults }),
  }
}

function inWords({ cause, openedAt, closedAt = '', forAdmins }: Incident): string {
  return `${cause} (${forAdmins?.reason.code ?? 'no code'}, ${openedAt} to ${closedAt})`
}
