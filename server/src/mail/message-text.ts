import { displayHtml } from './display-html.ts'
import { quotationIn, quotedLinesStart } from './fold-quotes.ts'
import { htmlToText } from './html-text.ts'
import type { MessageBody } from './message.ts'

/** Body of a message for programs. Offsets are in UTF-16 units of `text`. */
export interface MessageText {
  text: string
  /** End of the author's own text: a quotation of earlier messages follows. Absent without one. */
  quotationStart?: number | undefined
  /** Start of the line `-- ` above the signature. Absent without one. */
  signatureStart?: number | undefined
  /** Without active and remote content; images of the message keep their `cid:` URL. Absent for plain text. */
  html?: string | undefined
  isTruncated: boolean
}

/**
 * Takes seconds for hostile bodies: run it on threads that can be terminated.
 *
 * @param longest length in UTF-16 units at which a body is cut off
 */
export function messageText({ type, content }: MessageBody, longest: number): MessageText {
  const isTruncated = content.length > longest
  const bounded = isTruncated ? content.slice(0, longest).replace(/[\ud800-\udbff]$/, '') : content
  if (type === 'text') {
    const text = bounded.replaceAll(/\r\n?/g, '\n')
    const lines = text.split('\n')
    return { ...withSignature(text, offsetOf(lines, quotedLinesStart(lines))), isTruncated }
  }
  const { html, truncated } = displayHtml(bounded, { resolveCid: (id) => `cid:${id}`, placeholderScheme: 'cid' })
  const text = htmlToText(html)
  const quotation = quotationIn(html)
  const own = quotation === undefined ? undefined : htmlToText(html.slice(0, quotation))
  // White space at the seam can differ; the start of the text is compared, never guessed.
  const start =
    own !== undefined && own !== '' && text.startsWith(own) && own.length < text.length ? own.length : undefined
  return { ...withSignature(text, start), html, isTruncated: isTruncated || truncated }
}

function withSignature(
  text: string,
  quotationStart: number | undefined,
): Pick<MessageText, 'text' | 'quotationStart' | 'signatureStart'> {
  const own = text.slice(0, quotationStart)
  const at = `\n${own}\n`.search(/\n-- ?\n/)
  return {
    text,
    ...(quotationStart !== undefined && { quotationStart }),
    ...(at > 0 && { signatureStart: at }),
  }
}

/** Offset of the end of the line before this one; undefined for a start at the end of the text, or at its beginning. */
function offsetOf(lines: readonly string[], start: number): number | undefined {
  if (start <= 0 || start >= lines.length) return undefined
  return lines.slice(0, start).join('\n').length
}
