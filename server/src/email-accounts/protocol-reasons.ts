import { fillText, isErrorCode } from '../kernel/errors.ts'
import { reasonOf } from './states.ts'
import { TEXTS } from './texts.ts'
import type { RoadReason } from './email-account.ts'

/** Stored when an admin chose the protocol. */
export const CHOSEN = 'chosen'

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
