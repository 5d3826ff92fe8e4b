import { escapeHtml } from '../../kernel/html.ts'
import type { User } from '../../tenants/index.ts'
import type { Address, Attachment, Message, MessageContent } from '../mail-store/index.ts'
import { textToHtml } from './message-json.ts'

/** Initial content of a reply in Exchange: recipients, subject, threading and the quoted original. */
export function replyContent(
  original: Message,
  { owner, toAll, comment }: { owner: User; toAll: boolean; comment: string },
): Partial<MessageContent> {
  const isOwn = ({ address }: Address) =>
    [owner.mail, owner.userPrincipalName].some((own) => own?.toLowerCase() === address.toLowerCase())
  const author = original.replyTo.length > 0 ? original.replyTo : [original.from ?? original.sender].filter((each) => each !== undefined) // prettier-ignore
  const others = toAll ? original.to.filter((address) => !isOwn(address)) : []
  const to = distinct([...author, ...others])
  const cc = toAll ? distinct(original.cc.filter((address) => !isOwn(address))) : []

  return {
    subject: /^re:/i.test(original.subject) ? original.subject : `RE: ${original.subject}`,
    to,
    cc: cc.filter(({ address }) => !to.some((each) => sameAddress(each.address, address))),
    ...threading(original),
    body: { contentType: 'html', content: quote(original, comment) },
  }
}

/** Initial content of a forward: like a reply, but without recipients. */
export function forwardContent(original: Message, { comment }: { comment: string }): Partial<MessageContent> {
  return {
    subject: /^fw:/i.test(original.subject) ? original.subject : `FW: ${original.subject}`,
    ...threading(original),
    body: { contentType: 'html', content: quote(original, comment) },
  }
}

function threading({ internetMessageId, references, importance }: Message): Partial<MessageContent> {
  return { inReplyTo: [internetMessageId], references: [...references, internetMessageId], importance }
}

/** Attachments of the original that a reply includes: only the images that the quoted text shows. */
export function quotedAttachments(attachments: readonly Attachment[], body: string): Attachment[] {
  return attachments.filter(({ isInline, contentId }) => isInline && contentId !== undefined && body.includes(`cid:${contentId}`)) // prettier-ignore
}

function quote({ from, to, cc, subject, sentAt, body }: Message, comment: string): string {
  const lines: [string, string][] = [
    ['From', from ? nameAndAddress(from) : ''],
    ['Sent', new Date(sentAt).toUTCString()],
    ['To', to.map(nameAndAddress).join('; ')],
    ['Cc', cc.map(nameAndAddress).join('; ')],
    ['Subject', subject],
  ]
  const head = lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<b>${name}:</b> ${escapeHtml(value)}<br>`)
  const commentHtml = comment === '' ? '' : `<div>${escapeHtml(comment).replace(/\r?\n/g, '<br>\r\n')}</div>\r\n`
  const original = body.contentType === 'html' ? body.content : textToHtml(body.content)
  const divider =
    `${commentHtml}<hr style="display:inline-block; width:98%" tabindex="-1">\r\n` +
    `<div id="divRplyFwdMsg" dir="ltr">${head.join('\r\n')}\r\n</div>\r\n<div>&nbsp;</div>\r\n`

  const at = /<body[^>]*>/i.exec(original)
  if (!at) return `<html><body>\r\n${divider}${original}</body></html>`
  const after = at.index + at[0].length
  return `${original.slice(0, after)}\r\n${divider}${original.slice(after)}`
}

function nameAndAddress({ name, address }: Address): string {
  return name === '' || name === address ? address : `${name} <${address}>`
}

function distinct(addresses: readonly Address[]): Address[] {
  return addresses.filter(({ address }, i) => addresses.findIndex((each) => sameAddress(each.address, address)) === i)
}

function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
