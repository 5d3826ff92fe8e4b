import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { describe, expect, it } from 'vitest'
import type { Address } from '../mail/index.ts'
import { parseMessage } from './parse-message.ts'
import { readPart } from './read-part.ts'

/** Message as passed to a composer. */
interface Letter {
  subject: string
  from: Address
  to: Address[]
  text: string
  html: string | undefined
  files: { name: string; content: string }[]
  /** Content of an attached message. */
  attached: string | undefined
}

const lettersOf = (text: string) => Array.from(text)
const LETTERS = lettersOf('abcXYZ019äöüßéñçøłžЖдпΩλ中文日本語한국어עברתعربي€–…😀🎉`,;:()<>@."\'!?=_&%#+-*/')
const NAME_LETTERS = lettersOf('abcXYZ019äöüßéñžЖдΩλ中文日本한국-_()')
const word = (letters: readonly string[], maxLength = 12) =>
  fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength }).map((all) => all.join(''))
const words = (letters: readonly string[], most: number) =>
  fc.array(word(letters), { minLength: 1, maxLength: most }).map((all) => all.join(' '))
const address = fc.record({
  name: fc.oneof(fc.constant(''), words(LETTERS, 4)),
  address: fc
    .tuple(fc.stringMatching(/^[a-z][a-z0-9+_-]{0,15}$/), fc.stringMatching(/^[a-z]{1,10}$/))
    .map(([local, domain]) => `${local}@${domain}.example`),
})
const letter: fc.Arbitrary<Letter> = fc.record({
  subject: words(LETTERS, 20),
  from: address,
  to: fc.array(address, { minLength: 1, maxLength: 5 }),
  text: fc.array(words(LETTERS, 30), { minLength: 1, maxLength: 8 }).map((all) => all.join('\n')),
  html: fc.option(
    words(NAME_LETTERS, 30).map((text) => `<p>${text}</p>`),
    { nil: undefined },
  ),
  files: fc.array(
    fc.record({
      name: fc
        .tuple(words(NAME_LETTERS, 4), fc.constantFrom('pdf', 'txt', 'png', 'eml'))
        .map(([name, end]) => `${name}.${end}`),
      content: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    }),
    { maxLength: 3 },
  ),
  attached: fc.option(words(NAME_LETTERS, 5), { nil: undefined }),
})

function expectReadBack(sent: Letter, source: Buffer, shownName = (name: string) => name): void {
  const read = parseMessage(source)
  const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
  expect(shownName(read.subject)).toBe(shownName(sent.subject))
  const named = (all: readonly (Address | undefined)[]) =>
    all.map((one) => one && { ...one, name: shownName(one.name) })
  expect(named([read.from, ...read.to])).toEqual(named([sent.from, ...sent.to]))
  expect(plain(read.body.content)).toBe(plain(sent.html ?? sent.text))
  expect(read.body.type).toBe(sent.html === undefined ? 'text' : 'html')
  const names = [...sent.files.map(({ name }) => name), ...(sent.attached === undefined ? [] : ['Inner.eml'])]
  expect(read.attachments.map(({ name }) => name)).toEqual(names)
  sent.files.forEach(({ content }, n) => {
    expect(readPart(source, read.attachments[n]!.remoteId)?.toString('base64')).toBe(content)
  })
  expect([read.marks.quarantine, read.marks.defects]).toEqual([undefined, undefined])
}

const inner = (text: string) => `From: lee@customer.example\r\nSubject: Inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n` // prettier-ignore
const DATE = 'Thu, 26 Nov 2026 20:00:00 +0000'

describe('messages of other composers are read with their original content', () => {
  it.each(['base64', 'quoted-printable', undefined] as const)(
    'from nodemailer, with texts in %s',
    async (textEncoding) => {
      await fc.assert(
        fc.asyncProperty(letter, async (sent) => {
          const source = await new MailComposer({
            ...{ from: sent.from, to: sent.to, subject: sent.subject, text: sent.text, html: sent.html, date: DATE },
            ...(textEncoding && { textEncoding }),
            attachments: [
              ...sent.files.map(({ name, content }) => ({ filename: name, content: Buffer.from(content, 'base64') })),
              ...(sent.attached === undefined ? [] : [{ filename: 'Inner.eml', contentType: 'message/rfc822', content: inner(sent.attached) }]), // prettier-ignore
            ],
          })
            .compile()
            .build()
          expectReadBack(sent, source)
        }),
        { numRuns: 100 },
      )
    },
  )

  const python = pythonVersion()
  it.skipIf(python === undefined)(
    `from Python's email package${python === undefined ? ' (skipped: python3 is not installed)' : ''}`,
    async () => {
      // prettier-ignore
      // Python loses the white space between encoded words (RFC 2047 §6.2), and encodes parts of a longer address list as one name.
      const withoutSpace = (name: string) => name.replaceAll(/\s+/g, '')
      const plainly = ({ name, ...one }: Address) => ({
        ...one,
        name: name.replaceAll(/[^\p{L}\p{N}\p{M} ]/gu, '').trim(),
      })
      const sent = fc
        .sample(letter, { numRuns: 200, seed: 20_261_126 })
        .map((one) => ({ ...one, from: plainly(one.from), to: one.to.slice(0, 1).map(plainly) }))
      for (const policy of ['SMTP', 'SMTPUTF8']) {
        const composed = composeByPython(sent, policy)
        for (const [n, one] of sent.entries()) expectReadBack(one, composed[n]!, withoutSpace)
      }
    },
  )
})

function pythonVersion(): string | undefined {
  try {
    return execFileSync('python3', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

const PROGRAM = `
import base64, json, sys
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
given = json.load(sys.stdin)
rules = getattr(policy, given['policy'])
def address(one):
    local, domain = one['address'].split('@')
    return Address(one['name'], local, domain)
out = []
for letter in given['letters']:
    message = EmailMessage(policy=rules)
    message['From'] = address(letter['from'])
    message['To'] = [address(one) for one in letter['to']]
    message['Subject'] = letter['subject']
    message['Date'] = '${DATE}'
    message.set_content(letter['text'])
    if letter.get('html') is not None:
        message.add_alternative(letter['html'], subtype='html')
    for file in letter['files']:
        message.add_attachment(base64.b64decode(file['content']), maintype='application', subtype='octet-stream', filename=file['name'])
    if letter.get('attached') is not None:
        message.add_attachment(message_from_bytes(base64.b64decode(letter['attached']), policy=rules), filename='Inner.eml')
    out.append(base64.b64encode(message.as_bytes()).decode())
json.dump(out, sys.stdout)
`

function composeByPython(letters: readonly Letter[], policy: string): Buffer[] {
  const given = letters.map((one) => ({
    ...one,
    ...(one.attached !== undefined && { attached: Buffer.from(inner(one.attached)).toString('base64') }),
  }))
  const { stdout, stderr, status } = spawnSync('python3', ['-c', PROGRAM], {
    ...{ input: JSON.stringify({ policy, letters: given }), encoding: 'utf8', timeout: 60_000 },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(stderr)
  return (JSON.parse(stdout) as string[]).map((source) => Buffer.from(source, 'base64'))
}
