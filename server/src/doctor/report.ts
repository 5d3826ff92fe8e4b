import type { EmailAccount } from '../email-accounts/index.ts'
import type { DoctorLine, CheckOutcome } from './doctor-line.ts'
import { abbreviateAddresses } from './redaction.ts'

export interface DoctorReport {
  at: Date
  /** Worst outcome of its lines. */
  outcome: CheckOutcome
  lines: readonly DoctorLine[]
  /** Text to copy for support, with addresses abbreviated or in full. Contains no secrets and no mail. */
  text: { abbreviated: string; whole: string }
}

interface Examination {
  at: Date
  /** `undefined` for an installation that could not be opened. */
  publicUrl: URL | undefined
  about: EmailAccount | undefined
  lines: readonly DoctorLine[]
}

export function reportOf({ at, publicUrl, about, lines }: Examination): DoctorReport {
  const whole = textOf({ at, publicUrl, about, lines })
  return {
    at,
    outcome: lines.some(({ outcome }) => outcome === 'wrong') ? 'wrong' : 'ok',
    lines,
    text: { abbreviated: abbreviateAddresses(whole), whole },
  }
}

const SIGN: Readonly<Record<CheckOutcome, string>> = { ok: 'ok       ', wrong: 'WRONG    ', 'not-tried': 'not tried' }
const INDENT = ' '.repeat(11)

function textOf({ at, publicUrl, about, lines }: Examination): string {
  const counted = (wanted: CheckOutcome) => lines.filter(({ outcome }) => outcome === wanted).length
  return [
    `Postkey doctor, ${at.toISOString()}${publicUrl ? `, ${publicUrl.origin}` : ''}`,
    ...(about ? [headOf(about)] : []),
    `${counted('ok')} ok, ${counted('wrong')} wrong, ${counted('not-tried')} not tried`,
    '',
    ...lines.flatMap((line) => textOfLine(line, lines)),
  ].join('\n')
}

function headOf({ key, address, kind, state, reason, stateSince }: EmailAccount): string {
  const why = reason ? ` (${reason.code})` : ''
  return `Email account ${key}, ${address}, ${kind}, ${state}${why} since ${stateSince.toISOString()}`
}

/** Text of a line, for the terminal and for support. */
export function textOfLine(line: DoctorLine, lines: readonly DoctorLine[]): string[] {
  const { outcome, what, about, title, facts, code, who, fix, explanation, because } = line
  const first = lines.find(({ id }) => id === because)
  const why = first ? `${nameOf(first)} comes first` : title
  return [
    `${SIGN[outcome]}  ${nameOf({ what, about })}: ${why}`,
    ...facts.map(({ name, value }) => `${INDENT}${name}: ${value}`),
    ...(code === undefined
      ? []
      : [`${INDENT}${code}${explanation?.said === undefined ? '' : `, ${explanation.said}`}`]),
    ...(explanation ? [`${INDENT}${explanation.cause}`] : []),
    ...(who === undefined ? [] : [`${INDENT}Who can end it: ${who}.`]),
    ...(fix === undefined ? [] : [`${INDENT}${explanation?.where ?? fix}`]),
    ...(explanation?.commands ?? []).flatMap(({ text }) => text.split('\n').map((each) => `${INDENT}  ${each}`)),
  ]
}

/** Subject of a line in words. The web UI uses the same words. */
export const EXAMINED_WORDS: Readonly<Record<DoctorLine['what'], string>> = {
  database: 'Database',
  keys: 'Encryption keys',
  'public-url': 'Public address',
  name: 'Name of the host',
  connection: 'Connection',
  clock: 'Clock',
  discovery: 'Organization',
  client: 'Application',
  credential: 'Client secret or certificate',
  'redirect-uri': 'Redirect URI',
  'sign-in': 'Sign-in',
  token: 'Access token',
  person: 'Person',
  mailbox: 'Mailbox',
  'imap-server': 'IMAP server',
  'imap-protection': 'Protection of IMAP',
  'imap-sign-in': 'Sign-in by IMAP',
  folder: 'Reading',
  draft: 'Writing',
  'send-as': 'Send As',
  push: 'Notifications',
  budget: 'Throttling',
  life: 'Proof of life',
}

function nameOf({ what, about }: Pick<DoctorLine, 'what' | 'about'>): string {
  return about === undefined ? EXAMINED_WORDS[what] : `${EXAMINED_WORDS[what]}, ${about}`
}
