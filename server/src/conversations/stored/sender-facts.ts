import { isMisleading, findSenderWarnings, type Address, type Marks, type SenderWarning } from '../../mail/index.ts'
import type { ListedAddress } from './conversation.ts'

/** Warnings about the sender of a received message; nothing is doubted of what was sent from here. */
export function findWarnings(message: {
  direction: 'in' | 'out'
  from: Address | undefined
  replyTo: readonly Address[]
  marks: Marks
}): readonly SenderWarning[] {
  return message.direction === 'in' ? findSenderWarnings(message) : []
}

/** Verdicts of earlier versions did not compare the domain that DMARC checked with the one that is shown. */
export function checkedMarks(marks: Marks): Marks {
  const { authentication } = marks
  if (authentication?.verdict !== 'pass' || authentication.headerFrom !== undefined) return marks
  return { ...marks, authentication: { ...authentication, verdict: 'none' } }
}

export function toListedAddress(address: Address): ListedAddress {
  return isMisleading(address) ? { ...address, isMisleading: true } : address
}
