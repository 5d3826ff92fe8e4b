import { AppError } from '../kernel/errors.ts'
import type { PreparedText } from './prepared-text.ts'

/** As in the web UI: `{{customer.first_name|there}}`, with the text that stands in for a missing value. */
const PATTERN = /\{\{\s{0,10}([a-z][a-z0-9_.]{0,49})\s{0,10}(?:\|([^{}<>]{0,200}))?\}\}/g
const SIGNS = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const

/** Longest filled text or HTML, in UTF-16 units: longer ones can't be sent. */
const MOST = 1024 * 1024

/**
 * Fills a prepared text. No person checks it before it is sent, so each placeholder needs a value or a text of its own, and
 * what only looks like one is refused. Values aren't filled again, and contain no HTML; their line breaks stay.
 *
 * @throws {AppError} `writing.value_missing` with the name of the placeholder; `writing.placeholder_unreadable`;
 *   `submission.too_large`
 */
export function fillPlaceholders({ text, html }: PreparedText, values: ReadonlyMap<string, string>): PreparedText {
  const parts = html.match(/<[^>]*>|[^<]+/g) ?? []
  const shown = parts.filter((part) => !part.startsWith('<'))
  const tags = parts.filter((part) => part.startsWith('<'))
  const isReadable =
    [text, shown.join(''), ...tags].every((template) => !template.replace(PATTERN, '').includes('{{')) &&
    // Otherwise a tag stands inside of a placeholder.
    count(shown.join('')) === shown.reduce((sum, part) => sum + count(part), 0)
  if (!isReadable) throw new AppError('writing.placeholder_unreadable')
  const asText = (value: string) => escaped(value).replace(/\r?\n/g, '<br>')
  return {
    text: fill([text], values, () => (value) => value),
    html: fill(parts, values, (part) => (part.startsWith('<') ? escaped : asText)),
  }
}

function fill(
  parts: readonly string[],
  values: ReadonlyMap<string, string>,
  presenterOf: (part: string) => (value: string) => string,
): string {
  let length = parts.reduce((sum, part) => sum + part.length, 0)
  const filled = parts.map((part) =>
    part.replace(PATTERN, (_, name: string, instead: string | undefined) => {
      const value = values.get(name)?.trim() ?? ''
      if (value === '' && instead === undefined) throw new AppError('writing.value_missing', { detail: name })
      const written = value === '' ? instead!.trim() : presenterOf(part)(value)
      length += written.length
      if (length > MOST) throw new AppError('submission.too_large', { detail: 'text: at most 1.0 MB' })
      return written
    }),
  )
  return filled.join('')
}

function count(template: string): number {
  return template.match(PATTERN)?.length ?? 0
}

function escaped(value: string): string {
  return value.replace(/[&<>"]/g, (sign) => SIGNS[sign as keyof typeof SIGNS])
}
