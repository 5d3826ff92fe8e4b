import type { AutomaticMark } from './marks.ts'

export interface Field {
  name: string
  value: string
}

/**
 * Returns the header field that marks a message as automatic; undefined for other mail (RFC 3834 §5, RFC 2919, RFC
 * 2369, RFC 5321 §4.5.5). The field is kept, so that users can verify the decision.
 *
 * `X-Auto-Response-Suppress` doesn't count: Outlook also sets it on mail of people.
 */
export function findAutomaticMark(fields: readonly Field[]): AutomaticMark | undefined {
  const value = (name: string) => fields.find((field) => field.name.toLowerCase() === name)?.value.trim()
  const mark = (kind: AutomaticMark['kind'], name: string, text: string): AutomaticMark => ({
    kind,
    reason: `${name}: ${text}`.slice(0, LONGEST_REASON),
  })

  const contentType = value('content-type')
  if (contentType && /^multipart\/report\b/i.test(contentType)) return mark('report', 'Content-Type', contentType)
  const autoSubmitted = value('auto-submitted')
  if (autoSubmitted && !/^no\b/i.test(autoSubmitted)) {
    return mark(/^auto-replied\b/i.test(autoSubmitted) ? 'reply' : 'generated', 'Auto-Submitted', autoSubmitted)
  }
  for (const name of ['X-Autoreply', 'X-Autorespond', 'X-Autoresponder']) {
    const found = value(name.toLowerCase())
    if (found !== undefined && !/^no\b/i.test(found)) return mark('reply', name, found)
  }
  const precedence = value('precedence')
  if (precedence && /^auto[_-]reply\b/i.test(precedence)) return mark('reply', 'Precedence', precedence)
  for (const name of ['List-Id', 'List-Unsubscribe', 'List-Post']) {
    const found = value(name.toLowerCase())
    if (found) return mark('bulk', name, found)
  }
  if (precedence && /^(?:bulk|list|junk)\b/i.test(precedence)) return mark('bulk', 'Precedence', precedence)
  if (value('return-path') === '<>') return mark('generated', 'Return-Path', '<>')
  return undefined
}

const LONGEST_REASON = 300
