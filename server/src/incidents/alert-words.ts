/** Email of an incident: subject and plain text, short enough to act on with a phone. */
import { fillText } from '../kernel/errors.ts'
import { shownTime } from '../kernel/shown-time.ts'
import type { IncidentWords } from './incident.ts'
import type { AccountsOfIncident } from './names.ts'
import type { IncidentRow } from './record.ts'
import { TEXTS } from './texts.ts'

export type Occasion = 'opened' | 'again' | 'reminder' | 'all-clear'

export interface MessageInput {
  row: IncidentRow
  words: IncidentWords
  accounts: AccountsOfIncident
  provider: string | undefined
  url: string
  now: Date
}

export function composeAlert(occasion: Occasion, input: MessageInput): { subject: string; text: string } {
  return occasion === 'all-clear' ? allClear(input) : trouble(occasion, input)
}

function trouble(
  occasion: Exclude<Occasion, 'all-clear'>,
  { row, words, accounts, provider, url, now }: MessageInput,
): { subject: string; text: string } {
  const stopped = accounts.affected.filter(({ until }) => until === undefined)
  // A mailbox that cannot be opened cannot send either, even if it has not tried.
  const { sending = [], actions = [], both = [] } = byFunction(stopped)
  const openFor = spanOf(now.getTime() - row.since.getTime())
  const occasions = { opened: '', again: TEXTS.again, reminder: fillText(TEXTS.reminder, { span: openFor }) }
  const parts = [
    sentencesOf(words),
    ...(row.detail === null ? [] : [row.detail]),
    lines([
      field(TEXTS.source, nameOf(row, provider)),
      field(TEXTS.since, shownTime(row.since)),
      field(TEXTS.whoCanFix, words.who),
      field(TEXTS.steps, words.where),
      field(TEXTS.microsoftResponse, words.said),
    ]),
    // If Microsoft's code is explained, the steps repeat the fix with the names filled in.
    ...(words.cause === undefined ? [words.fix] : []),
    ...(words.commands.length > 0 ? [commandsOf(words)] : []),
    ...listOf(both, TEXTS.receivingStopped),
    ...listOf(sending, TEXTS.sendingStopped),
    ...listOf(actions, TEXTS.actionsStopped),
    ...listOf(accounts.dependent, stopped.length > 0 ? TEXTS.alsoAtRisk : TEXTS.stillWorking),
    // The fix of an installation fault already says it.
    ...(row.cause === 'installation'
      ? []
      : [isOnly(stopped, 'actions') ? TEXTS.nothingLostOfActions : TEXTS.nothingLost]),
    `${TEXTS.details}\n\n  ${url}`,
  ]
  const subject = fillText(TEXTS.subject, {
    occasion: occasions[occasion],
    stopped: stoppedIn(stopped, accounts.dependent.length),
    title: words.title,
    source: sourceIn(row, stopped),
  })
  return { subject, text: `${parts.join('\n\n')}\n` }
}

type Stopped = AccountsOfIncident['affected'][number]

/** Mailboxes by the function that stopped; `both` if it is receiving. */
function byFunction(accounts: readonly Stopped[]): Partial<Record<'sending' | 'actions' | 'both', Stopped[]>> {
  return Object.groupBy(accounts, ({ affects }) => (affects === 'sending' || affects === 'actions' ? affects : 'both'))
}

function isOnly(stopped: readonly Stopped[], which: 'sending' | 'actions'): boolean {
  return stopped.length > 0 && stopped.every(({ affects }) => affects === which)
}

/** Beginning of the subject: the stopped mailboxes, or else those at risk. */
function stoppedIn(stopped: readonly Stopped[], dependent: number): string {
  const [first, ...more] = stopped
  if (!first) return dependent === 0 ? '' : fillText(TEXTS.atRisk, { count: countOf(dependent) })
  const names = more.length === 0 ? first.address : countOf(stopped.length)
  if (isOnly(stopped, 'actions')) return fillText(TEXTS.actionsWait, { accounts: names })
  return fillText(isOnly(stopped, 'sending') ? TEXTS.cannotSend : TEXTS.stopped, { accounts: names })
}

/** End of the subject: the source of the fault, unless the stopped mailbox is the source. */
function sourceIn({ cause, subject_name: name }: IncidentRow, stopped: readonly unknown[]): string {
  return cause === 'mailbox' && stopped.length === 1 ? '' : ` (${name})`
}

/** Title and Microsoft's explanation; one sentence if both are equal. */
function sentencesOf({ title, cause }: IncidentWords): string {
  const sentence = cause?.replace(/\.$/, '')
  return sentence === undefined || sentence === title ? `${title}.` : `${title}. ${cause}`
}

function allClear({ row, words, accounts, provider, url, now }: MessageInput): { subject: string; text: string } {
  const ended = row.closed_at ?? now
  const { ended: gone, otherwise } = accounts.notReadAgain
  const readAgain = accounts.affected.filter((account) => !gone.includes(account) && !otherwise.includes(account))
  const { sending = [], actions = [], both = [] } = byFunction(readAgain)
  const parts = [
    fillText(TEXTS.incidentClosed, { title: words.title }),
    ...(row.detail === null ? [] : [row.detail]),
    lines([
      field(TEXTS.source, nameOf(row, provider)),
      field(TEXTS.since, shownTime(row.since)),
      field(
        TEXTS.closed,
        fillText(TEXTS.closedAfter, { time: shownTime(ended), span: spanOf(ended.getTime() - row.since.getTime()) }),
      ),
    ]),
    ...listOf(both, TEXTS.receivingAgain),
    ...listOf(sending, TEXTS.sendingAgain),
    ...listOf(actions, TEXTS.actionsAgain),
    ...listOf(gone, TEXTS.notReadAnyMore),
    ...listOf(otherwise, TEXTS.stoppedOtherwise),
    ...(otherwise.length > 0 ? [] : [TEXTS.noAction]),
    `${TEXTS.timeline}\n\n  ${url}`,
  ]
  const subject = fillText(TEXTS.subjectClosed, { title: words.title, source: row.subject_name })
  return { subject, text: `${parts.join('\n\n')}\n` }
}

function nameOf({ subject_name: name, cause }: IncidentRow, provider: string | undefined): string {
  return provider === undefined || provider === name || cause === 'provider' || cause === 'tenant-policy'
    ? name
    : fillText(TEXTS.sourceOfProvider, { name, provider })
}

function commandsOf({ commands }: IncidentWords): string {
  const shells = [...new Set(commands.map(({ shell }) => shell))]
  return shells
    .map((shell) => {
      const texts = commands
        .filter((command) => command.shell === shell)
        .flatMap(({ text }) => text.split('\n').map((line) => `  ${line}`))
      return `${fillText(TEXTS.commandIn, { shell })}\n\n${texts.join('\n')}`
    })
    .join('\n\n')
}

type CountedTitle = `${string}{count}${string}`

/** Empty, or one part: a title with the count, then a line per account. */
function listOf(accounts: readonly { name: string; address: string }[], title: CountedTitle): string[] {
  if (accounts.length === 0) return []
  const heading = fillText<'{count}'>(title as '{count}', { count: countOf(accounts.length) })
  return [`${heading}\n\n${accounts.map(({ name, address }) => `  ${address}  (${name})`).join('\n')}`]
}

function lines(fields: readonly (string | undefined)[]): string {
  return fields.filter((line) => line !== undefined).join('\n')
}

function field(name: string, value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : `${name}: ${value}`
}

function countOf(count: number): string {
  return count === 1 ? TEXTS.oneMailbox : fillText(TEXTS.mailboxes, { count: String(count) })
}

function spanOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes === 1) return TEXTS.oneMinute
  if (minutes < 120) return fillText(TEXTS.minutes, { count: String(minutes) })
  const hours = Math.round(minutes / 60)
  if (hours < 48) return fillText(TEXTS.hours, { count: String(hours) })
  return fillText(TEXTS.days, { count: String(Math.round(hours / 24)) })
}
