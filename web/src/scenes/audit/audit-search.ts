import { toTimeRange, type Day } from '../health/day.ts'

/** Filters of the audit list in the address of the page. */
export interface AuditSearch {
  q?: string
  actor?: string
  /** Actions, separated by commas. */
  action?: string
  from?: Day
  /** The last day. */
  to?: Day
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const LONGEST = 200

export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const text = (name: string) => (typeof search[name] === 'string' ? search[name].slice(0, LONGEST) : '')
  const day = (name: string) => (DAY.test(text(name)) && !Number.isNaN(Date.parse(text(name))) ? text(name) : '')
  const action = typeof search['action'] === 'string' ? search['action'] : ''
  const read = { q: text('q'), actor: text('actor'), action, from: day('from'), to: day('to') }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== ''))
}

/** The filters as parameters of the API. Days are those of the reader's time zone. */
export function toAuditQuery({ q, actor, action, from, to }: AuditSearch) {
  return {
    ...(q !== undefined && { search: q }),
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(from !== undefined && { since: toTimeRange(from).from }),
    ...(to !== undefined && { until: toTimeRange(to).to }),
  }
}
