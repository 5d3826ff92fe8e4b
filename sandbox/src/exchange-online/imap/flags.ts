import type { ImapEntry, ImapMarks, MessageFlags } from '../mail-store/index.ts'
import { argumentError } from './refusal.ts'

/**
 * All flags that Exchange stores; there is no `\*`, so custom keywords are not stored (docs/reference/microsoft-365.md
 * §E.3).
 */
export const ALL_FLAGS = '\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent'

export type Flag = 'seen' | 'answered' | 'flagged' | 'deleted' | 'draft' | 'mdn-sent'

const BY_NAME: Record<string, Flag> = {
  '\\seen': 'seen',
  '\\answered': 'answered',
  '\\flagged': 'flagged',
  '\\deleted': 'deleted',
  '\\draft': 'draft',
  $mdnsent: 'mdn-sent',
}

export function formatFlags(entry: ImapEntry): string {
  return [
    entry.isRead && '\\Seen',
    entry.isAnswered && '\\Answered',
    entry.isFlagged && '\\Flagged',
    entry.isDeleted && '\\Deleted',
    entry.isDraft && '\\Draft',
    entry.isMdnSent && '$MDNSent',
  ]
    .filter((flag) => flag !== false)
    .join(' ')
}

/** Flags in a client's list; ignores keywords that Exchange does not store. @throws Refusal BAD for an invalid flag */
export function readFlags(words: readonly string[]): Set<Flag> {
  const flags = new Set<Flag>()
  for (const word of words) {
    if (!/^\\?[^\s\\(){%*"\]\x00-\x1f\x7f]{1,250}$/.test(word)) throw argumentError()
    const flag = BY_NAME[word.toLowerCase()]
    if (flag) flags.add(flag)
    else if (word.startsWith('\\')) throw argumentError()
  }
  return flags
}

export interface FlagChange {
  flags: Partial<Pick<MessageFlags, 'isRead' | 'flagStatus'>>
  marks: Partial<ImapMarks>
}

/** Flag change of STORE for one message. `\Draft` is a property of the message that STORE cannot set. */
export function toFlagChange(entry: ImapEntry, mode: '+' | '-' | '=', wanted: ReadonlySet<Flag>): FlagChange {
  const value = (flag: Flag, have: boolean) =>
    mode === '=' ? wanted.has(flag) : wanted.has(flag) ? mode === '+' : have
  const isFlagged = value('flagged', entry.isFlagged)
  return {
    flags: {
      isRead: value('seen', entry.isRead),
      ...(isFlagged === entry.isFlagged ? {} : { flagStatus: isFlagged ? 'flagged' : 'notFlagged' }),
    },
    marks: {
      isAnswered: value('answered', entry.isAnswered),
      isDeleted: value('deleted', entry.isDeleted),
      isMdnSent: value('mdn-sent', entry.isMdnSent),
    },
  }
}
