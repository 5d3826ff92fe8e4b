import { displayHtml, htmlToText, textToHtml } from '../mail/index.ts'

export interface PreparedText {
  text: string
  html: string
}

/**
 * Sanitizes a prepared text: it contains no active content and no remote resources, both for agents and for recipients.
 * A missing part is derived from the other one. Input is limited by the routes, so no thread is needed.
 */
export function prepareText({
  text = '',
  html = '',
}: {
  text?: string | undefined
  html?: string | undefined
}): PreparedText {
  const harmless = displayHtml(html, { resolveCid: () => undefined }).html.trim()
  const visible = htmlToText(harmless)
  if (visible === '') return { text: text.trim(), html: text.trim() === '' ? '' : textToHtml(text.trim()) }
  return { text: text.trim() === '' ? visible : text.trim(), html: harmless }
}
