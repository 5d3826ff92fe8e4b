import type { Address, Draft, Identity } from '../../../api/client.ts'
import { signaturesOf, type Agent } from './signatures.ts'
import { htmlText, joinMessage, splitMessage, type Format, type Quotation, type Signature } from './message-parts.ts'

export type DraftContent = Draft['content']

/** Content of the composer. */
export interface ComposerContent {
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  subject: string
  format: Format
  /** HTML of the editor in a formatted message, otherwise text. */
  own: string
  /** Sender name of the mailbox; without one, its default. */
  identityId?: string | undefined
  /** Signature of that name, unless it is left out. */
  signature?: Signature | undefined
  /** Quotation of the answered or forwarded message, also while it is left out. */
  quotation?: Quotation | undefined
  quotes: boolean
  inReplyTo?: string | undefined
  answerKind?: DraftContent['answerKind'] | undefined
}

/** Content as it is saved and sent. The order of the fields is fixed, so that two can be compared. */
export function toDraftContent(writing: ComposerContent): DraftContent {
  const { to, cc, bcc, subject, format, own, signature, quotation, quotes, inReplyTo, answerKind, identityId } = writing
  return {
    ...(inReplyTo !== undefined && { inReplyTo }),
    ...(answerKind !== undefined && { answerKind }),
    ...(identityId !== undefined && { identityId }),
    ...{ to: to.map(plain), cc: cc.map(plain), bcc: bcc.map(plain), subject },
    ...joinMessage({ format, own, ...(signature && { signature }), ...(quotes && quotation && { quotation }) }),
  }
}

/** Content as it is sent: a plain message without HTML. */
export function toSentContent(writing: ComposerContent): DraftContent {
  const { text, html, ...content } = toDraftContent(writing)
  return { ...content, ...(writing.format === 'text' ? { text: text ?? '' } : { html: html ?? '' }) }
}

/** The author's text without formatting. */
export function ownText({ format, own }: Pick<ComposerContent, 'format' | 'own'>): string {
  return format === 'html' ? htmlText(own) : own
}

export function composerContent({
  subject,
  text,
  html,
  inReplyTo,
  answerKind,
  identityId,
  ...recipients
}: DraftContent): ComposerContent {
  const { to, cc, bcc } = recipients
  const letter = splitMessage({ ...(text !== undefined && { text }), ...(html !== undefined && { html }) })
  return { to, cc, bcc, subject, ...letter, quotes: letter.quotation !== undefined, inReplyTo, answerKind, identityId }
}

/** Switches to a sender name, and to the agent's own signature or that of the name. */
export function withIdentity(identity: Identity, agent: Agent): Pick<ComposerContent, 'identityId' | 'signature'> {
  const { own, ofName } = signaturesOf(identity, agent)
  return { identityId: identity.id, signature: own ?? ofName }
}

export function sameContent(one: ComposerContent, other: ComposerContent): boolean {
  return JSON.stringify(toDraftContent(one)) === JSON.stringify(toDraftContent(other))
}

function plain({ name, address }: Address): Address {
  return { name, address }
}
