/**
 * Placeholders in signatures and canned responses, such as `{{customer.first_name|there}}`. The text after the bar is
 * used when there is no value.
 */
export const PLACEHOLDERS = [
  'customer.first_name',
  'customer.name',
  'agent.name',
  'agent.first_name',
  'mailbox.name',
  'mailbox.address',
  'conversation.subject',
] as const

export type Placeholder = (typeof PLACEHOLDERS)[number]
export type PlaceholderValues = Partial<Record<Placeholder, string>>

export interface Filled {
  /** Sender name of the message. */
  identity: { name: string; address: string } | undefined
  recipient: { name?: string | undefined } | undefined
  agent: { name: string }
  subject: string
}

/** Values for a message to a customer. The subject is that of the conversation, without "Re:". */
export function placeholderValues({ identity, recipient, agent, subject }: Filled): Record<Placeholder, string> {
  const customer = recipient?.name ?? ''
  return {
    ...{ 'customer.name': customer, 'customer.first_name': firstName(customer) },
    ...{ 'agent.name': agent.name, 'agent.first_name': firstName(agent.name) },
    ...{ 'mailbox.name': identity?.name ?? '', 'mailbox.address': identity?.address ?? '' },
    'conversation.subject': subject.replace(/^(?:(?:re|fwd?|aw|wg|sv|vs)\s?:\s*)+/i, ''),
  }
}

const PATTERN = /\{\{\s{0,10}([a-z_.]{1,50})\s{0,10}(?:\|([^{}<>]{0,200}))?\}\}/g
const SIGNS = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const

/** Fills a prepared text. An unknown placeholder stays, so that its author sees the mistake. */
export function fillPlaceholders<Prepared extends { text: string; html: string }>(
  prepared: Prepared,
  values: PlaceholderValues,
): Prepared {
  const fill = (template: string, escape: (value: string) => string) =>
    template.replace(PATTERN, (whole, name: string, fallback = '') => {
      if (!PLACEHOLDERS.includes(name as Placeholder)) return whole
      const value = values[name as Placeholder]?.trim() ?? ''
      return value === '' ? String(fallback).trim() : escape(value)
    })
  return {
    ...prepared,
    text: fill(prepared.text, (value) => value),
    html: fill(prepared.html, (value) => value.replace(/[&<>"]/g, (sign) => SIGNS[sign as keyof typeof SIGNS])),
  }
}

/** First name of a person: of `Kim Lee` and `Lee, Kim` alike. Empty for an address or a name with an organization. */
export function firstName(name: string): string {
  const [last = '', first] = name.split(',').map((part) => part.trim())
  const words = (first ?? last).split(/\s+/)
  const [word = ''] = words
  return words.length > 4 || /[@\d]/.test(word) ? '' : word
}
