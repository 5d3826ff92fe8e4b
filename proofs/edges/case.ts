/** Definition of a case and its tools. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Installation } from './installation.ts'
import type { Findings } from './line.ts'
import type { NameServer } from './name-server.ts'
import type { MailTraffic } from './mail-traffic.ts'

export interface Case {
  name: string
  promised: string
  run(context: Context, findings: Findings): Promise<void>
}

export interface Context {
  folder: string
  names: NameServer
  /** Points /etc/resolv.conf to that address; undefined for the working name server. */
  resolveBy: (address?: string) => void
  /** The installation of this group, started at the first call. */
  installation(): Promise<Installation>
}

/** Cases of one group share an installation. Lanes run beside each other, the cases of a lane one after the other. */
export interface Group {
  name: string
  /** PostgreSQL and its data lie on a disk of that size. */
  dataDiskMb?: number
  /** Each case starts what it needs. */
  withoutInstallation?: true
  lanes: readonly (readonly Case[])[]
}

/** Waits until `isSo`; returns the time it took, or null at the limit. */
export async function until(limitMs: number, isSo: () => boolean | Promise<boolean>): Promise<number | null> {
  const beganAt = performance.now()
  for (;;) {
    if (await isSo()) return Math.round(performance.now() - beganAt)
    if (performance.now() - beganAt > limitMs) return null
    await pause(100)
  }
}

export interface Answer {
  status: number
  text: string
  ms: number
}

/** Status 0 when there is no answer within the limit, or the connection ends. */
export async function ask(url: string, limitMs: number, init: RequestInit = {}): Promise<Answer> {
  const beganAt = performance.now()
  const took = () => Math.round(performance.now() - beganAt)
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(limitMs), redirect: 'manual' })
    const text = await answer.text()
    return { status: answer.status, text, ms: took() }
  } catch (error) {
    return { status: 0, text: String(error), ms: took() }
  }
}

/** Adds the result of the mail of a case. */
export async function settleMail(account: MailTraffic, limitMs: number, findings: Findings): Promise<void> {
  const { delivered, accepted, lost, doubled, tookMs, missing } = await account.settle(limitMs)
  findings.lost += lost
  findings.doubled += doubled
  findings.saw.push(`${account.name}: ${delivered} in and ${accepted} out, all there ${tookMs} ms after the end`)
  if (lost > 0) findings.faults.push(`missing after ${tookMs} ms: ${missing.join(', ')}`)
}

export interface ShownIncident {
  state: 'open' | 'closed'
  title: string
  since: string
  closedAt?: string | null
  forAdmins?: { reason: { code: string; fix: string } }
}

/** Incidents that were opened since then, newest first, open or closed. */
export async function incidentsSince(
  { client }: Pick<Installation, 'client'>,
  since: number,
): Promise<ShownIncident[]> {
  type Page = { incidents: (ShownIncident & { openedAt: string })[] }
  const { incidents } = await client.call<Page>('GET', '/v1/incidents?limit=100')
  return incidents.filter(({ openedAt }) => Date.parse(openedAt) >= since)
}
