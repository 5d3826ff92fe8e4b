import { fillText, isErrorCode } from '../kernel/errors.ts'
import { toReason } from './states.ts'
import { TEXTS } from './texts.ts'
import type { ProtocolReason } from './email-account.ts'

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

export function toReceivingReason(protocol: 'graph' | 'imap', stored: string | null): ProtocolReason {
  return reasonFor(protocol === 'graph', USUAL.in[protocol], stored)
}

export function toSendingReason(protocol: 'graph' | 'smtp', stored: string | null): ProtocolReason {
  return reasonFor(protocol === 'graph', USUAL.out[protocol], stored)
}

function reasonFor(isUsual: boolean, words: string, stored: string | null): ProtocolReason {
  if (stored === null) return { kind: isUsual ? 'usual' : 'only', words, reason: undefined }
  const reason = isErrorCode(stored) ? toReason(stored) : undefined
  if (!reason) return { kind: 'chosen', words: TEXTS.chosenByAdmin, reason }
  return { kind: 'other-closed', words: fillText(TEXTS.otherClosed, { reason: reason.title }), reason }
}
