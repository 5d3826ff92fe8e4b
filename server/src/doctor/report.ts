import type { EmailAccount } from '../email-accounts/index.ts'
import { fillText } from '../kernel/errors.ts'
import type { DoctorLine, CheckOutcome } from './doctor-line.ts'
import { abbreviateAddresses } from './redaction.ts'
import { TEXTS } from './texts.ts'

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

export function createReport({ at, publicUrl, about, lines }: Examination): DoctorReport {
  const whole = textOf({ at, publicUrl, about, lines })
  return {
    at,
    outcome: lines.some(({ outcome }) => outcome === 'wrong') ? 'wrong' : 'ok',
    lines,
    text: { abbreviated: abbreviateAddresses(whole), whole },
  }
}

const SIGN: Readonly<Record<CheckOutcome, string>> = {
  ok: 'ok         ',
  wrong: 'WRONG      ',
  'not-tried': 'not checked',
}
const INDENT = ' '.repeat(13)

function textOf({ at, publicUrl, about, lines }: Examination): string {
  const counted = (wanted: CheckOutcome) => String(lines.filter(({ outcome }) => outcome === wanted).length)
  const time = at.toISOString()
  return [
    publicUrl
      ? fillText(TEXTS.reportHeadOf, { at: time, url: publicUrl.origin })
      : fillText(TEXTS.reportHead, { at: time }),
    ...(about ? [headOf(about)] : []),
    fillText(TEXTS.counts, { ok: counted('ok'), wrong: counted('wrong'), notTried: counted('not-tried') }),
    '',
    ...lines.flatMap((line) => textOfLine(line, lines)),
  ].join('\n')
}

function headOf({ key, address, kind, state, reason, stateSince }: EmailAccount): string {
  const why = reason ? ` (${reason.code})` : ''
  return fillText(TEXTS.account, { key, address, kind, state: `${state}${why}`, since: stateSince.toISOString() })
}

/** Text of a line, for the terminal and for support. */
export function textOfLine(line: DoctorLine, lines: readonly DoctorLine[]): string[] {
  const { outcome, label, title, facts, code, who, fix, explanation, because } = line
  const first = lines.find(({ id }) => id === because)
  const why = first ? fillText(TEXTS.fixFirst, { check: first.label }) : title
  return [
    `${SIGN[outcome]}  ${label}: ${why}`,
    ...facts.map(({ name, value }) => `${INDENT}${name}: ${value}`),
    ...(code === undefined
      ? []
      : [`${INDENT}${code}${explanation?.said === undefined ? '' : `, ${explanation.said}`}`]),
    ...(explanation ? [`${INDENT}${explanation.cause}`] : []),
    ...(who === undefined ? [] : [`${INDENT}${fillText(TEXTS.whoCanFix, { who })}`]),
    ...(fix === undefined ? [] : [`${INDENT}${explanation?.where ?? fix}`]),
    ...(explanation?.commands ?? []).flatMap(({ text }) => text.split('\n').map((each) => `${INDENT}  ${each}`)),
  ]
}
