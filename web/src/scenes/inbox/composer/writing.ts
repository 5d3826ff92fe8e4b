import type { Address, Draft } from '../../../api/client.ts'
import { letterOf, wholeOf, type Quotation } from './letter.ts'

export type DraftContent = Draft['content']

/** What stands in the composer. */
export interface Writing {
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  subject: string
  own: string
  /** Of the message that is answered or passed on, also while it is left out. */
  quotation?: Quotation | undefined
  quotes: boolean
  inReplyTo?: string | undefined
}

/** As it is kept and sent. The order of the fields is always the same, so that two can be compared. */
export function contentOf({ to, cc, bcc, subject, own, quotation, quotes, inReplyTo }: Writing): DraftContent {
  return {
    ...(inReplyTo !== undefined && { inReplyTo }),
    ...{ to: to.map(plain), cc: cc.map(plain), bcc: bcc.map(plain), subject },
    ...wholeOf(quotes && quotation ? { own, quotation } : { own }),
  }
}

export function writingOf({ to, cc, bcc, subject, text, html, inReplyTo }: DraftContent): Writing {
  const letter = letterOf({ ...(text !== undefined && { text }), ...(html !== undefined && { html }) })
  return { to, cc, bcc, subject, ...letter, quotes: letter.quotation !== undefined, inReplyTo }
}

export function sameContent(one: Writing, other: Writing): boolean {
  return JSON.stringify(contentOf(one)) === JSON.stringify(contentOf(other))
}

function plain({ name, address }: Address): Address {
  return { name, address }
}
