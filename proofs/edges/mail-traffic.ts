/** Mail in and out of one account during a failure, and the count of lost and doubled mail afterwards. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Asked } from '../crash/facts.ts'
import type { ConnectedPart } from '../drill/connected-part.ts'
import type { ControlPanel } from '../drill/control-panel.ts'

export interface MailTraffic {
  name: string
  part: ConnectedPart
  /** An incoming message; resolves when the mail server has it. Returns its subject. */
  deliver(): Promise<string>
  /** A submission. Returns its subject and, when the API took it within 10 s, its id. */
  submit(text?: string): Promise<{ subject: string; id?: string; refusal?: string }>
  isStored(subject: string): Promise<boolean>
  countArrived(subject: string): Promise<number>
  /** Waits until everything accepted since the last call is stored or has arrived, `limitMs` at most. */
  settle(limitMs: number): Promise<Settled>
  /** The same account with a count of its own. */
  beside(name: string): MailTraffic
}

export interface Settled {
  delivered: number
  accepted: number
  lost: number
  doubled: number
  /** Time until everything was there, or the limit. */
  tookMs: number
  missing: string[]
}

const ANSWER_LIMIT_MS = 10_000
/** A second copy may follow the first. */
const SECOND_COPY_MS = 2000

let count = 0

export function createMailTraffic(deps: {
  name: string
  part: ConnectedPart
  controlPanel: ControlPanel
  ask: Asked
}): MailTraffic {
  const { name, part, controlPanel, ask } = deps
  const delivered = new Set<string>()
  const accepted = new Map<string, string>()
  const address = part.part.addresses[0]!

  async function storedCounts(): Promise<Map<string, number>> {
    const rows = await ask<{ subject: string; n: string }>(
      `SELECT subject, count(*) AS n FROM messages WHERE direction = 'in' AND subject = ANY($1) GROUP BY subject`,
      [[...delivered]],
    )
    return new Map(rows.map(({ subject, n }) => [subject, Number(n)]))
  }

  async function look(): Promise<Pick<Settled, 'lost' | 'doubled' | 'missing'>> {
    const stored = await storedCounts()
    const copies = new Map([...delivered].map((subject) => [subject, stored.get(subject) ?? 0]))
    for (const subject of accepted.keys()) copies.set(subject, await controlPanel.arrived(part.customer, subject))
    const missing = [...copies].filter(([, n]) => n === 0).map(([subject]) => subject)
    return { missing, lost: missing.length, doubled: [...copies].filter(([, n]) => n > 1).length }
  }

  return {
    ...{ name, part },
    async deliver() {
      const subject = `Letter ${name} ${++count}`
      await controlPanel.write({ from: part.customer, to: address, subject })
      delivered.add(subject)
      return subject
    },
    async submit(text) {
      const subject = `Answer ${name} ${++count}`
      const submitting = part.reply(subject, text).then(
        (id) => ({ id }),
        (error: unknown) => ({ refusal: String(error) }),
      )
      // Accepted later than that, it still must not get lost.
      void submitting.then((end) => 'id' in end && accepted.set(subject, end.id))
      const late = pause(ANSWER_LIMIT_MS).then(() => ({ refusal: `no answer within ${ANSWER_LIMIT_MS} ms` }))
      return { subject, ...(await Promise.race([submitting, late])) }
    },
    isStored: async (subject) => ((await storedCounts()).get(subject) ?? 0) > 0,
    countArrived: (subject) => controlPanel.arrived(part.customer, subject),
    beside: (other) => createMailTraffic({ ...deps, name: other }),
    async settle(limitMs) {
      const beganAt = performance.now()
      let found = await look()
      while (found.missing.length > 0 && performance.now() - beganAt < limitMs) {
        await pause(250)
        found = await look()
      }
      const tookMs = Math.round(performance.now() - beganAt)
      await pause(SECOND_COPY_MS)
      const { doubled } = await look()
      const settled = { delivered: delivered.size, accepted: accepted.size, ...found, doubled, tookMs }
      delivered.clear()
      accepted.clear()
      return settled
    },
  }
}
