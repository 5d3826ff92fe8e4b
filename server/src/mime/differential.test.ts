import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { bodyText, type MessageBody } from '../mail/index.ts'
import { UGLY_MAIL } from '../../test/kit/index.ts'
import { parseMessage } from './parse-message.ts'

/** Larger messages of the corpus test limits, which the other parsers lack. */
const MOST_BYTES = 100_000

const FIELDS = ['subject', 'from', 'text', 'files'] as const
type Reading = Record<(typeof FIELDS)[number], string>
type Parser = 'mailparser' | 'postal-mime'

const shown = (body: MessageBody) => bodyText(body).replaceAll(/\s+/g, '')
const anyBody = (html: string | false | undefined, text: string | undefined): MessageBody =>
  html ? { type: 'html', content: html } : { type: 'text', content: text ?? '' }

function ours(source: Buffer): Reading {
  const { subject, from, body, attachments } = parseMessage(source)
  // Postkey chooses names for parts without one.
  const names = attachments.map(({ name }) => (/^attachment\.\w+$/.test(name) ? '' : name))
  return { subject, from: from?.address ?? '', text: shown(body), files: names.join('|') }
}

const OTHERS: Record<Parser, (source: Buffer) => Promise<Reading>> = {
  mailparser: async (source) => {
    const { subject = '', from, html, text, attachments } = await simpleParser(source)
    const files = attachments.map(({ filename }) => filename ?? '').join('|')
    return { subject, from: from?.value[0]?.address ?? '', text: shown(anyBody(html, text)), files }
  },
  'postal-mime': async (source) => {
    const { subject = '', from, html, text, attachments } = await PostalMime.parse(source)
    const files = attachments.map(({ filename }) => filename ?? '').join('|')
    return { subject, from: from?.address ?? '', text: shown(anyBody(html, text)), files }
  },
}

interface Reason {
  /** Postkey's behavior and its reason. */
  why: string
  names: RegExp
  /** Number of fields that differ, so that a change in any of the three parsers is noticed. */
  mailparser: number
  'postal-mime': number
}

/** Reasons for differences between Postkey and the other parsers. The first matching reason counts. */
const REASONS: readonly Reason[] = [
  { why: 'guesses the charset where the declared one is wrong, missing or unknown', names: /^(?:latin-1 declared|utf-8 declared|a charset|charset |subject: of latin-1|nul bytes)/, mailparser: 9, 'postal-mime': 10 }, // prettier-ignore
  { why: 'decodes charsets that the others do not know', names: /^(?:cp850|cp437|utf-7|ks_c|big5-hkscs|iso-2022|hz-gb)/, mailparser: 4, 'postal-mime': 8 }, // prettier-ignore
  { why: 'takes control characters out of lines and limits their length', names: /^subject: (?:with a|folded|of a thousand)/, mailparser: 3, 'postal-mime': 4 }, // prettier-ignore
  { why: 'reads addresses with what programs write instead of the grammar', names: /^(?:from: |a hundred thousand quotes)/, mailparser: 5, 'postal-mime': 11 }, // prettier-ignore
  { why: 'accepts line ends of old Macs', names: /^line ends of old macs/, mailparser: 3, 'postal-mime': 3 },
  { why: 'finds the text of a header or part that has no empty line', names: /^(?:a header that runs|a part without an empty)/, mailparser: 2, 'postal-mime': 2 }, // prettier-ignore
  { why: 'cleans file names: paths, controls, marks of direction, nothing but dots, length', names: /^an attachment with/, mailparser: 9, 'postal-mime': 8 }, // prettier-ignore
  { why: 'reads a multipart without usable boundaries as text, and unknown types as text', names: /^(?:a multipart without a boundary|a boundary that never|an empty multipart|a type )/, mailparser: 6, 'postal-mime': 6 }, // prettier-ignore
  { why: 'quarantines what breaks a bound and shows what it read', names: /^(?:two thousand parts|a hundred multiparts)/, mailparser: 4, 'postal-mime': 2 }, // prettier-ignore
  { why: 'attaches messages as files that end in .eml instead of writing them into the text', names: /^(?:a thousand messages|a digest|a forwarded|an attached message)/, mailparser: 6, 'postal-mime': 10 }, // prettier-ignore
  { why: 'takes uuencoded files out of a text', names: /^uuencode/, mailparser: 4, 'postal-mime': 4 },
  { why: 'opens winmail.dat', names: /^winmail/, mailparser: 9, 'postal-mime': 9 },
  { why: 'shows the description of an invitation that is the whole message', names: /^invitation: nothing else/, mailparser: 1, 'postal-mime': 1 }, // prettier-ignore
  { why: 'keeps the status of a report out of the text', names: /^(?:bounce|a receipt|a report)/, mailparser: 9, 'postal-mime': 0 }, // prettier-ignore
  { why: 'takes a named text behind another text for a file', names: /^a named text/, mailparser: 2, 'postal-mime': 2 },
  { why: 'reads base64 and the footer behind it apart', names: /^base64 /, mailparser: 3, 'postal-mime': 3 },
  { why: 'repairs UTF-8 that is cut within a letter', names: /^utf-8 cut/, mailparser: 1, 'postal-mime': 1 },
  { why: 'decodes raw bytes of an encoded word once', names: /^raw bytes/, mailparser: 3, 'postal-mime': 3 },
  { why: 'prefers an alternative with content', names: /^an alternative of/, mailparser: 1, 'postal-mime': 2 },
  { why: 'reads a header behind a byte order mark, and encodings in quotes', names: /^(?:a byte order mark|a transfer encoding in quotes)/, mailparser: 2, 'postal-mime': 1 }, // prettier-ignore
]

const COMPARED = UGLY_MAIL.filter(({ source }) => source.length <= MOST_BYTES)

describe('the comparison with other parsers', () => {
  it.each(['mailparser', 'postal-mime'] as const)('has a reason for every difference from %s', async (parser) => {
    const counts = new Map<Reason, number>(REASONS.map((reason) => [reason, 0]))
    const unexplained: string[] = []
    let equal = 0
    for (const { name, source } of COMPARED) {
      const own = ours(source)
      const other = await OTHERS[parser](source).catch((): Reading => ({ subject: '', from: '', text: '', files: '' }))
      const differing = FIELDS.filter((field) => own[field] !== other[field])
      if (differing.length === 0) equal++
      const reason = REASONS.find(({ names }) => names.test(name))
      if (reason) counts.set(reason, counts.get(reason)! + differing.length)
      else unexplained.push(...differing.map((field) => `${name}: ${field} ${own[field]} / ${other[field]}`))
    }
    expect(unexplained).toEqual([])
    expect([...counts].map(([{ why }, count]) => [why, count])).toEqual(
      REASONS.map((reason) => [reason.why, reason[parser]]),
    )
    expect(equal).toBeGreaterThan(COMPARED.length / 2)
  })
})
