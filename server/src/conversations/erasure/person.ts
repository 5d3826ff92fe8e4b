import type { Address, RemoteMessage } from '../../mail/index.ts'
import { addressKey } from '../threading/participants.ts'

/** A person to erase. Addresses in lower case. */
export interface ErasedPerson {
  addresses: readonly string[]
  /** Patterns of `searchedTexts`, which may also match longer addresses. */
  patterns: readonly string[]
  /** Addresses of the mailboxes and of the team. */
  own: ReadonlySet<string>
}

export type AddressedMail = Pick<RemoteMessage, 'from' | 'to' | 'cc' | 'bcc'> & { direction: 'in' | 'out' }

/**
 * True for mail from the person, and for mail of the team that the person alone received. Reply-To decides nothing: others may
 * have written mail with answers to the person.
 */
export function isMailOf(mail: AddressedMail, is: Belongs): boolean {
  if (mail.direction === 'in') return mail.from !== undefined && is.person(mail.from)
  return isToPersonAlone([...mail.to, ...mail.cc, ...mail.bcc], is)
}

/** True if the person is the only recipient outside the mailboxes and the team. */
export function isToPersonAlone(recipients: readonly Address[], is: Belongs): boolean {
  const outside = recipients.filter((each) => is.person(each) || !is.own(each))
  return outside.length > 0 && outside.every(is.person)
}

export interface Belongs {
  person: (address: Address) => boolean
  own: (address: Address) => boolean
}

export function belongsTo({ addresses, own }: ErasedPerson): Belongs {
  const keys = new Set(addresses)
  return { person: (each) => keys.has(addressKey(each)), own: (each) => own.has(addressKey(each)) }
}
