export const STATUSES = ['open', 'waiting', 'snoozed', 'closed'] as const

/** Fields of the filter panel. They and the text of a query are two forms of the same search. */
export interface Filter {
  from: string
  to: string
  subject: string
  filename: string
  /** The rest of the query. */
  words: string
  /** Words that must not occur. */
  without: string
  after: string
  before: string
  assignee: string
  account: string
  tag: string
  status: '' | (typeof STATUSES)[number]
  unread: boolean
  attachment: boolean
}

export const NO_FILTER: Filter = {
  ...{ from: '', to: '', subject: '', filename: '', words: '', without: '', after: '', before: '' },
  ...{ assignee: '', account: '', tag: '', status: '', unread: false, attachment: false },
}

const TEXTS = ['from', 'to', 'subject', 'filename', 'after', 'before', 'assignee', 'account', 'tag'] as const

function operatorOf(name: (typeof TEXTS)[number]): string {
  return name === 'account' ? 'mailbox' : name
}

/** Parts of a query, separated at spaces outside of quotation marks. */
const PART = /(?:[^\s"]|"[^"]*(?:"|$))+/g

export function readFilter(query: string): Filter {
  const filter = { ...NO_FILTER }
  const rest: string[] = []
  const without: string[] = []
  for (const [part] of query.matchAll(PART)) {
    const [, operator = '', value = ''] = /^([a-z]+):(.+)$/is.exec(part) ?? []
    const name = TEXTS.find((one) => operatorOf(one) === operator.toLowerCase())
    if (name && filter[name] === '') filter[name] = unquoted(value)
    else if (/^has:attachment$/i.test(part)) filter.attachment = true
    else if (/^is:unread$/i.test(part)) filter.unread = true
    else if (filter.status === '' && statusOf(part)) filter.status = statusOf(part)!
    else if (/^-[^\s:"-][^\s:"]*$/.test(part)) without.push(part.slice(1))
    else rest.push(part)
  }
  return { ...filter, words: rest.join(' '), without: without.join(' ') }
}

function statusOf(part: string): (typeof STATUSES)[number] | undefined {
  return STATUSES.find((status) => part.toLowerCase() === `is:${status}`)
}

export function writeFilter(filter: Filter): string {
  return [
    filter.words.trim(),
    ...filter.without.split(/\s+/).flatMap((word) => (word === '' ? [] : [`-${word.replace(/^-+/, '')}`])),
    ...TEXTS.flatMap((name) => (filter[name].trim() === '' ? [] : [`${operatorOf(name)}:${quoted(filter[name])}`])),
    ...(filter.status === '' ? [] : [`is:${filter.status}`]),
    ...(filter.unread ? ['is:unread'] : []),
    ...(filter.attachment ? ['has:attachment'] : []),
  ]
    .filter((part) => part !== '' && part !== '-')
    .join(' ')
}

function quoted(value: string): string {
  const clean = value.replaceAll('"', ' ').trim().replaceAll(/\s+/g, ' ')
  return clean.includes(' ') ? `"${clean}"` : clean
}

function unquoted(value: string): string {
  return value.replace(/^"([^"]*)"?$/, '$1')
}
