import { AppError } from '../kernel/errors.ts'
import type { PreparedText } from './prepared-text.ts'

/** As in the web UI: `{{customer.first_name|there}}`, with the text that stands in for a missing value. */
const PATTERN = /\{\{\s{0,10}([a-z][a-z0-9_.]{0,49})\s{0,10}(?:\|([^{}<>]{0,200}))?\}\}/g
const SIGNS = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const

/**
 * Fills a prepared text. No person checks it before it is sent, so each placeholder needs a value or a text of its own.
 * Values aren't filled again, and contain no HTML.
 *
 * @throws {AppError} `writing.value_missing` with the name of the placeholder
 */
export function fillPlaceholders(prepared: PreparedText, values: ReadonlyMap<string, string>): PreparedText {
  const fill = (template: string, escape: (value: string) => string) =>
    template.replace(PATTERN, (_, name: string, instead: string | undefined) => {
      const value = values.get(name)?.trim() ?? ''
      if (value !== '') return escape(value)
      if (instead === undefined) throw new AppError('writing.value_missing', { detail: name })
      return instead.trim()
    })
  return {
    text: fill(prepared.text, (value) => value),
    html: fill(prepared.html, (value) => value.replace(/[&<>"]/g, (sign) => SIGNS[sign as keyof typeof SIGNS])),
  }
}
