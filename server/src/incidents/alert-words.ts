/** Text of an alert mail: subject and plain text, short enough to act on from a phone. */
import type { IncidentWords } from './incident.ts'
import type { AccountsOfIncident } from './names.ts'
import type { IncidentRow } from './record.ts'

export type Occasion = 'opened' | 'again' | 'reminder' | 'all-clear'

export interface MessageInput {
  row: IncidentRow
  words: IncidentWords
  accounts: AccountsOfIncident
  provider: string | undefined
  url: string
  now: Date
}

export function messageOf(occasion: Occasion, input: MessageInput): { subject: string; text: string } {
  return occasion === 'all-clear' ? allClear(input) : trouble(occasion, input)
}

function trouble(
  occasion: Exclude<Occasion, 'all-clear'>,
  { row, words, accounts, provider, url, now }: MessageInput,
): { subject: string; text: string } {
  const stopped = accounts.affected.filter(({ until }) => until === undefined)
  // A mailbox that cannot be opened cannot send either, even if it has not tried.
  const [ofSending, ofBoth] = [stopped.filter(isOfSending), stopped.filter((account) => !isOfSending(account))]
  const begins = {
    opened: '',
    again: 'Again: ',
    reminder: `Still, for ${spanOf(now.getTime() - row.since.getTime())}: `,
  }[occasion]
  const parts = [
    sentencesOf(words),
    ...(row.detail === null ? [] : [row.detail]),
    lines([
      field('What', nameOf(row, provider)),
      field('Since', timeOf(row.since)),
      field('Who can end it', words.who),
      field('Where', words.where),
      field('Microsoft calls it', words.said),
    ]),
    // With an explanation of Microsoft's code, "Where" contains the fix with the names filled in.
    ...(words.cause === undefined ? [words.fix] : []),
    ...(words.commands.length > 0 ? [commandsOf(words)] : []),
    ...listOf(ofBoth, `No mail comes in or goes out for now, ${countOf(ofBoth.length)}:`),
    ...listOf(ofSending, `Mail is received, but not sent for now, ${countOf(ofSending.length)}:`),
    ...listOf(
      accounts.dependent,
      stopped.length > 0
        ? `Dependent on the same thing, still running, and about to stop too, ${countOf(accounts.dependent.length)}:`
        : `Dependent on it, still running, and about to stop, ${countOf(accounts.dependent.length)}:`,
    ),
    // The fix of an installation incident also states which data is safe.
    ...(row.cause === 'installation'
      ? []
      : [
          'Nothing is lost: what arrives meanwhile is fetched and what waits in the outbox is sent as soon as it is ended. Postkey goes on by itself.',
        ]),
    `Everything about it, and a button that ends these reminders:\n\n  ${url}`,
  ]
  const subject = `[Postkey] ${begins}${stopsOf(stopped, accounts.dependent.length)}${words.title}${causedAt(row, stopped)}`
  return { subject, text: `${parts.join('\n\n')}\n` }
}

type Stopped = AccountsOfIncident['affected'][number]

function isOfSending({ affects }: Pick<Stopped, 'affects'>): boolean {
  return affects === 'sending'
}

/** Start of the subject: the stopped mailboxes come first, because a phone shows only the beginning. */
function stopsOf(stopped: readonly Stopped[], dependent: number): string {
  const [first, ...more] = stopped
  const verb = stopped.every(isOfSending) ? 'cannot send' : 'stopped'
  if (first) return `${more.length === 0 ? first.address : countOf(stopped.length)} ${verb}: `
  return dependent === 0 ? '' : `${countOf(dependent)} about to stop: `
}

/** Name of the cause, unless the mailbox alone identifies it. */
function causedAt({ cause, subject_name: name }: IncidentRow, stopped: readonly unknown[]): string {
  return cause === 'mailbox' && stopped.length === 1 ? '' : ` (${name})`
}

/** Title and cause, or only the title if both are the same text. */
function sentencesOf({ title, cause }: IncidentWords): string {
  const said = cause?.replace(/\.$/, '')
  return said === undefined || said === title ? `${title}.` : `${title}. ${cause}`
}

function allClear({ row, words, accounts, provider, url, now }: MessageInput): { subject: string; text: string } {
  const ended = row.closed_at ?? now
  const { ended: gone, otherwise } = accounts.notReadAgain
  const readAgain = accounts.affected.filter((account) => !gone.includes(account) && !otherwise.includes(account))
  const parts = [
    `It is over: ${words.title[0]!.toLowerCase()}${words.title.slice(1)}.`,
    ...(row.detail === null ? [] : [row.detail]),
    lines([
      field('What', nameOf(row, provider)),
      field('Since', timeOf(row.since)),
      field('Ended', `${timeOf(ended)}, after ${spanOf(ended.getTime() - row.since.getTime())}`),
    ]),
    ...listOf(
      readAgain.filter((account) => !isOfSending(account)),
      `Read again, ${countOf(readAgain.filter((account) => !isOfSending(account)).length)}:`,
    ),
    ...listOf(readAgain.filter(isOfSending), `Sent again, ${countOf(readAgain.filter(isOfSending).length)}:`),
    ...listOf(gone, `Paused, disconnected or removed meanwhile, and not read, ${countOf(gone.length)}:`),
    ...listOf(otherwise, `Still not read, for another cause that is told of by itself, ${countOf(otherwise.length)}:`),
    ...(otherwise.length > 0 ? [] : ['Nothing is to be done.']),
    `How it went:\n\n  ${url}`,
  ]
  return { subject: `[Postkey] Over: ${words.title} (${row.subject_name})`, text: `${parts.join('\n\n')}\n` }
}

function nameOf({ subject_name: name, cause }: IncidentRow, provider: string | undefined): string {
  return provider === undefined || provider === name || cause === 'provider' || cause === 'tenant-policy'
    ? name
    : `${name} (Cloud Provider ${provider})`
}

function commandsOf({ commands }: IncidentWords): string {
  const shells = [...new Set(commands.map(({ shell }) => shell))]
  return shells
    .map((shell) => {
      const texts = commands
        .filter((command) => command.shell === shell)
        .flatMap(({ text }) => text.split('\n').map((line) => `  ${line}`))
      return `In ${shell}:\n\n${texts.join('\n')}`
    })
    .join('\n\n')
}

function listOf(accounts: readonly { name: string; address: string }[], title: string): string[] {
  if (accounts.length === 0) return []
  return [`${title}\n\n${accounts.map(({ name, address }) => `  ${address}  (${name})`).join('\n')}`]
}

function lines(fields: readonly (string | undefined)[]): string {
  return fields.filter((line) => line !== undefined).join('\n')
}

function field(name: string, value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : `${name}: ${value}`
}

function countOf(count: number): string {
  return count === 0 ? '' : count === 1 ? '1 mailbox' : `${count} mailboxes`
}

/** Time in UTC, because recipients may be in different time zones. */
function timeOf(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function spanOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}
