import { type AppError, fillText, isErrorCode } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { StateReason } from './email-account.ts'
import { reasonOf } from './states.ts'
import { TEXTS } from './texts.ts'

/** Stored where somebody chose a road. */
export const CHOSEN = 'chosen'

/** Why a mailbox is read, or sent from, on its road. */
export interface RoadReason {
  kind: 'usual' | 'chosen' | 'other-closed' | 'only'
  words: string
  /** What closed the other road, and how it is opened again. */
  reason: StateReason | undefined
}

const USUAL = {
  in: {
    graph: TEXTS.receivesByGraph,
    imap: TEXTS.receivesByImap,
  },
  out: {
    graph: TEXTS.sendsByGraph,
    smtp: TEXTS.sendsBySmtp,
  },
}

export function receivingReasonOf(road: 'graph' | 'imap', stored: string | null): RoadReason {
  return reasonFor(road === 'graph', USUAL.in[road], stored)
}

export function sendingReasonOf(road: 'graph' | 'smtp', stored: string | null): RoadReason {
  return reasonFor(road === 'graph', USUAL.out[road], stored)
}

function reasonFor(isUsual: boolean, words: string, stored: string | null): RoadReason {
  if (stored === null) return { kind: isUsual ? 'usual' : 'only', words, reason: undefined }
  const reason = isErrorCode(stored) ? reasonOf(stored) : undefined
  if (!reason) return { kind: 'chosen', words: TEXTS.chosenByAdmin, reason }
  return { kind: 'other-closed', words: fillText(TEXTS.otherClosed, { reason: reason.title }), reason }
}

export type Roads = ReturnType<typeof createRoads>

interface RoadsDeps
  extends
    Pick<EmailAccountsDeps, 'database' | 'clock' | 'events' | 'transports'>,
    Pick<AccountChanges, 'get' | 'change'> {}

/** By which road a mailbox is read, and by which it is sent from. */
export function createRoads({ transports, get, change, clock, events }: RoadsDeps) {
  /**
   * SMTP is closed for the mailbox, and mail waits. Where the sign-in allows Graph as well, it is sent from by Graph from
   * now on: that is seen at the account and in the audit list. False when nothing was changed.
   */
  async function sendByGraphInstead(id: EmailAccountId, why: AppError): Promise<boolean> {
    const before = await get(id)
    if (before.sendsBy === 'graph') return true
    if (!(await transports.canSendBy(before, 'graph'))) return false
    const detail = { sendsBy: 'graph', why: why.code, said: why.detail } as const
    await change(id, { actor: 'postkey', action: 'email_account.send_protocol_changed', detail }, async (tx) => {
      await tx
        .updateTable('email_accounts')
        .set({ sends_by: 'graph', sends_by_reason: why.code })
        .where('id', '=', id)
        .where('sends_by', '=', 'smtp')
        .execute()
      await events.append(tx, {
        kind: 'email_account.protocols_changed',
        emailAccountId: id,
        subjectId: id,
        payload: { sendsBy: 'graph', reason: why.code },
        at: clock.now(),
      })
    })
    return true
  }

  return { sendByGraphInstead }
}
