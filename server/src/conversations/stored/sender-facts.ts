import { isMisleading, findSenderWarnings, type Address, type Marks, type SenderWarning } from '../../mail/index.ts'
import type { ListedAddress } from './conversation.ts'

/** Warnings about the sender of a received message; none for sent messages. */
export function findWarnings(message: {
  direction: 'in' | 'out'
  from: Address | undefined
  replyTo: readonly Address[]
  marks: Marks
}): readonly SenderWarning[] {
  return message.direction === 'in' ? findSenderWarnings(message) : []
}

/** Corrects stored verdicts: earlier versions did not compare the domain checked by DMARC with the displayed domain. */
export function checkedMarks(marks: Marks): Marks {
  const { authentication } = marks
  if (authentication?.verdict !== 'pass' || authentication.headerFrom !== undefined) return marks
  return { ...marks, authentication: { ...authentication, verdict: 'none' } }
}

export function toListedAddress(address: Address): ListedAddress {
  return isMisleading(address) ? { ...address, isMisleading: true } : address
}
