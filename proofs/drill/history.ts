/**
 * Explanations that Postkey keeps of a time: incidents, the health page, and events of mail. A state that passed before the
 * drill looked is there as well.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PostkeyClient } from '../walk/postkey-client.ts'
import type { Reason } from './connected-part.ts'
import type { Noticed, Trial } from './trial.ts'

export interface Incident {
  id: string
  cause: string
  since: string
  openedAt: string
  closedAt?: string
  forAdmins?: { reason: Reason }
}

/** The part of `GET /v1/email-accounts/:id/health` that has reasons. */
export interface Health {
  states: readonly { from: string; to: string; reason?: Reason }[]
  errors: readonly { at: string; reason: Reason }[]
}

export interface Explanation {
  by: 'state' | 'incident' | 'health' | 'event'
  reason: Reason
}

interface History {
  incidents: readonly Incident[]
  health: Health
  /** Time from which the fault showed. */
  from: number
  to: number
}

/** The first explanation of `noticed` that covers the time of the fault. */
export function findExplanation(noticed: Noticed | undefined, history: History): Explanation | undefined {
  if (!noticed) return undefined
  if (noticed.reason) return { by: 'state', reason: noticed.reason }
  const { incidents, health } = history
  const covers = (from: string, to = '') => Date.parse(from) <= history.to && !(Date.parse(to) < history.from)
  const kept: { by: Explanation['by']; reason?: Reason | undefined }[] = [
    ...incidents
      .filter(({ since, closedAt }) => covers(since, closedAt))
      .map(({ forAdmins }) => ({ by: 'incident' as const, ...forAdmins })),
    ...health.states
      .filter(({ from, to }) => covers(from, to))
      .map(({ reason }) => ({ by: 'health' as const, reason })),
    ...health.errors.filter(({ at }) => covers(at, at)).map(({ reason }) => ({ by: 'health' as const, reason })),
    // The history of a message names the code alone; its words are in the documentation.
    ...(noticed.state.startsWith('mail ') ? [{ by: 'event' as const, reason: documentedReason(noticed.code) }] : []),
  ]
  const found = kept.find(({ reason }) => reason?.code === noticed.code)
  return found?.reason && { by: found.by, reason: found.reason }
}

export async function readHistory(client: PostkeyClient, trial: Trial, now: number): Promise<History> {
  const { party, visible, noticed, endedAt } = trial
  const from = visible ? Date.parse(visible.at) : (noticed?.at ?? now)
  const to = Math.max(endedAt ?? now, from + 1)
  const time = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })
  const [{ incidents }, health] = await Promise.all([
    client.call<{ incidents: Incident[] }>('GET', `/v1/incidents?emailAccountId=${party.accountId}`),
    client.call<Health>('GET', `/v1/email-accounts/${party.accountId}/health?${time.toString()}`),
  ])
  return { incidents, health, from, to }
}

const ERRORS_PAGE = join(import.meta.dirname, '../../docs/errors.md')

/** Texts of a code in `docs/errors.md`. */
export function documentedReason(code: string, page = readFileSync(ERRORS_PAGE, 'utf8')): Reason | undefined {
  const section = page.split('\n### ').find((each) => each.startsWith(`${code}\n`))
  const [, title = '', who = '', fix = ''] = section?.split('\n\n') ?? []
  const remedy = /\(`(wait|sign-in|admin|bug)`\)/.exec(who)?.[1] as Reason['remedy'] | undefined
  return remedy && { code, title: title.replaceAll('**', ''), remedy, fix: fix.trim() }
}
