import type { FolderId } from '../../kernel/ids.ts'
import type { FolderRole, RemoteMessage } from '../../mail/index.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { addressKey, ownAddresses } from '../threading/participants.ts'
import type { Keyed } from './candidates.ts'
import type { FiledMessage, SentCopy } from './filing-hooks.ts'

/** A synchronized or watched folder, and its current synchronization round. */
export interface FolderPlace {
  id: FolderId
  role: FolderRole | undefined
  round: number
  /** A person was erased in this installation. */
  hasErasures: boolean
}

/** A message that the server reported, with its keys and its folder. */
export interface MetMessage extends Keyed {
  /** It has the key of another stored message: it is stored by its content key. */
  isSecond: boolean
  place: FolderPlace | undefined
}

export type FilingResult = FiledMessage & { direction: 'in' | 'out' }

export function sentCopy({ id }: FilingAccount, { remoteId, messageId }: RemoteMessage): SentCopy {
  return { emailAccountId: id, remoteId, rfcMessageId: messageId }
}

/**
 * Direction of a message. Mail in Sent Items is sent. So is mail with an address of the account as its author, unless it
 * was delivered: web forms write to support@ as support@, and authors can be forged. Delivered mail has trace headers, the
 * copy of a sent message has none.
 */
export function findDirection(
  account: FilingAccount,
  { message, place }: Pick<MetMessage, 'message' | 'place'>,
): 'in' | 'out' {
  if (place?.role === 'sent') return 'out'
  if (place?.role === 'inbox' || place?.role === 'junk') return 'in'
  const isOurs = message.from !== undefined && ownAddresses(account).has(addressKey(message.from))
  return isOurs && !message.headers.some(({ name }) => TRACE_HEADERS.has(name.toLowerCase())) ? 'out' : 'in'
}

/** Added by servers on delivery (RFC 5321 §4.4, RFC 8601). */
const TRACE_HEADERS = new Set(['return-path', 'received', 'delivered-to', 'authentication-results'])
