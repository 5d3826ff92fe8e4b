import { isMessageId, type OutgoingAttachment, type RemoteAttachment } from '../../mail/index.ts'

/** Copy with a name and type that are valid in an outgoing header, whatever the sender's were. */
export function copyOf(
  { name, contentType, contentId, isInline, kind }: RemoteAttachment,
  content: Buffer,
): OutgoingAttachment {
  const line = name.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  const isMessage = kind === 'item'
  const title = line === '' ? 'attachment' : line
  const type = /^[\w.+-]{1,100}\/[\w.+-]{1,100}/.exec(contentType)?.[0] ?? 'application/octet-stream'
  return {
    name: isMessage ? `${title.replace(/\.eml$/i, '').slice(0, 250)}.eml` : title.slice(0, 255),
    contentType: isMessage ? 'message/rfc822' : type,
    isInline,
    content,
    ...(contentId !== undefined && contentId.length <= 200 && isMessageId(contentId) && { contentId }),
  }
}
