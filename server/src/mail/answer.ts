import { fillText } from '../kernel/errors.ts'
import { displayHtml } from './display-html.ts'
import { bodyText, escapeHtml, textToHtml } from './html-text.ts'
import type { Address } from './address.ts'
import type { MessageContent } from './message.ts'
import { formatQuotedDate, quotationLines, type QuotationStyle } from './quotation-lines.ts'
import { TEXTS } from './texts.ts'

/** Fields of a message that a reply uses. */
export type AnsweredMessage = Pick<
  MessageContent,
  'from' | 'replyTo' | 'to' | 'cc' | 'sentAt' | 'receivedAt' | 'subject' | 'body'
>

/** Maximum quoted length: a reply must fit into a draft and into the sending limit. */
const LONGEST_QUOTED = 200_000
/** Beyond this length only the beginning is quoted, as text. Processing all of it would block every other request. */
const LONGEST_HTML = 500_000

/**
 * Quoted content below the user's own text. It is safe to show in the editor: it contains no active and no remote
 * content.
 */
export interface Quotation {
  text: string
  html: string
  /** Content-IDs of the images that a forward still shows by `cid:`. Attach them again. */
  shownContentIds: readonly string[]
}

/** Returns the quotation for a reply: author and date, then every line prefixed with `>`. */
export function quoteForReply(message: AnsweredMessage, style: QuotationStyle = {}): Quotation {
  const { wrote } = quotationLines(style)
  const intro = fillText(wrote, { date: dateOf(message, style), author: nameOf(message.from) })
  const content = contentText(message)
  const { html, shownContentIds } = contentHtml(message, content, { pictures: false })
  const quoted = content.split(/\r\n|\r|\n/).map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()))
  return {
    text: `${intro}\n${quoted.join('\n')}`,
    html: `<div>${escapeHtml(intro)}</div>\n<blockquote type="cite">${html}</blockquote>`,
    shownContentIds,
  }
}

/** Returns the quotation for a forward: the header fields as text, then the content. */
export function quoteForForward(message: AnsweredMessage, style: QuotationStyle = {}): Quotation {
  const words = quotationLines(style)
  const lines: [string, string][] = [
    [words.from, listOf(message.from ? [message.from] : [])],
    [words.date, dateOf(message, style)],
    [words.subject, message.subject],
    [words.to, listOf(message.to)],
    ...(message.cc.length > 0 ? [[words.cc, listOf(message.cc)] as [string, string]] : []),
  ]
  const content = contentText(message)
  const { html, shownContentIds } = contentHtml(message, content, { pictures: true })
  const intro = words.forwarded
  return {
    text: [intro, ...lines.map(([name, value]) => `${name}: ${value}`), '', content].join('\n'),
    html: `<div>${intro}<br>\n${lines.map(([name, value]) => `${name}: ${escapeHtml(value)}`).join('<br>\n')}</div>\n<br>\n${html}`,
    shownContentIds,
  }
}

/**
 * Returns the recipients of a reply. `own` are the addresses of the mailbox: they get no copy. A reply to a message
 * sent from this mailbox goes to its original recipients.
 */
export function recipientsOfReply(
  message: AnsweredMessage,
  { all, own }: { all: boolean; own: readonly string[] },
): { to: Address[]; cc: Address[] } {
  const isOwn = ({ address }: Address) => own.some((each) => each.toLowerCase() === address.toLowerCase())
  const isOurs = message.from !== undefined && isOwn(message.from)
  const authors = message.replyTo.length > 0 ? message.replyTo : message.from ? [message.from] : []
  const named = unique(isOurs ? message.to : authors)
  const strangers = named.filter((each) => !isOwn(each))
  // A reply to a note to ourselves goes to ourselves.
  const to = strangers.length > 0 ? strangers : named
  if (!all) return { to, cc: [] }
  const others = unique([...(isOurs ? [] : message.to), ...message.cc]).filter((each) => !isOwn(each))
  const taken = new Set(to.map(({ address }) => address.toLowerCase()))
  return { to, cc: others.filter(({ address }) => !taken.has(address.toLowerCase())) }
}

function unique(addresses: readonly Address[]): Address[] {
  return [...new Map(addresses.toReversed().map((each) => [each.address.toLowerCase(), each])).values()].toReversed()
}

/** Active content must not be sent under our name, and remote content would reveal that a reply is being written. */
function contentHtml({ body }: AnsweredMessage, text: string, { pictures }: { pictures: boolean }) {
  if (body.type === 'html' && body.content.length <= LONGEST_HTML) {
    const shown = displayHtml(body.content, { resolveCid: (contentId) => (pictures ? cidOf(contentId) : undefined) })
    if (shown.html.length <= LONGEST_QUOTED) return shown
  }
  return { html: textToHtml(text), shownContentIds: [] }
}

function contentText({ body }: AnsweredMessage): string {
  const { type, content } = body
  return bodyText({ type, content: content.slice(0, LONGEST_HTML) })
    .slice(0, LONGEST_QUOTED)
    .toWellFormed()
}

function cidOf(contentId: string): string {
  return `cid:${encodeURIComponent(contentId).replaceAll('%40', '@')}`
}

function dateOf({ sentAt, receivedAt }: AnsweredMessage, style: QuotationStyle): string {
  return formatQuotedDate(sentAt ?? receivedAt, style)
}

function nameOf(address: Address | undefined): string {
  if (!address) return TEXTS.unknownAuthor
  return address.name === '' ? address.address : address.name
}

function listOf(addresses: readonly Address[]): string {
  return addresses.map(({ name, address }) => (name === '' ? address : `${name} <${address}>`)).join(', ')
}
