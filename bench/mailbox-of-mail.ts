/** A mailbox in a Dovecot, full of mail as business has it, laid there at once and not letter by letter. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dovecot } from '../mail-servers/index.ts'

/** The newest came so long ago: older than the account, so that it is imported. */
const NEWEST_MS = 60 * 60_000
const BETWEEN_MS = 5 * 60_000
/** Letters per thread: the second and third answer the one before. */
const THREAD = 3

/** Fills INBOX of `user`, the last letter being the newest; resolves to how many bytes that are. */
export async function fillMailbox(dovecot: Dovecot, user: string, letters: number, now: Date): Promise<number> {
  let bytes = 0
  const bag = layReady(letters, (n) => {
    const at = new Date(now.getTime() - NEWEST_MS - (letters - n) * BETWEEN_MS)
    const text = composeLetter(n, at)
    bytes += text.length
    return { text, at, flags: 'S' }
  })
  await bag.deliver(dovecot, user)
  return bytes
}

/** Letters that lie there and can be put into an INBOX all at once: its clients see none of them or all. */
export function layReady(count: number, letter: (n: number) => { text: string; at: Date; flags?: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-letters-'))
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(folder, name))
  for (let n = 0; n < count; n++) {
    const { text, at, flags = '' } = letter(n)
    const file = join(folder, 'cur', `${Math.floor(at.getTime() / 1000)}.M${n}.bench:2,${flags}`)
    writeFileSync(file, text)
    utimesSync(file, at, at)
  }
  for (const name of ['', 'cur', 'new', 'tmp']) chmodSync(join(folder, name), 0o777)
  return {
    async deliver(dovecot: Dovecot, user: string): Promise<void> {
      try {
        await dovecot.doveadm(['import', '-u', user, `maildir:${folder}`, '', 'all'])
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

const VOCABULARY = Array.from({ length: 6000 }, (_, n) => `${word(n)}${n % 7 === 0 ? 'ä' : ''}${word(n * 31)}`)

/**
 * The n-th letter: text and HTML beside each other, some 5 kB; of five one has a PDF of 40 kB, of ten one is plain.
 * Always the same for the same number.
 */
export function composeLetter(n: number, at: Date): string {
  const random = numbers(n + 1)
  const words = (count: number) =>
    Array.from({ length: count }, () => VOCABULARY[Math.floor(random() ** 2 * VOCABULARY.length)]!)
  const text = lines(words(150 + Math.floor(random() * 250)))
  const answers = n % THREAD === 0 ? [] : [`In-Reply-To: <letter-${n - 1}@customer.example>`]
  const head = [
    `From: =?utf-8?Q?J=C3=B6rg_Customer_${n % 900}?= <customer-${n % 900}@customer.example>`,
    'To: Support <support@contoso.example>',
    `Subject: Order ${Math.floor(n / THREAD)} ${words(4)
      .filter((one) => /^\w+$/.test(one))
      .join(' ')}`,
    `Message-ID: <letter-${n}@customer.example>`,
    ...answers,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    'Received: from mx.customer.example (mx.customer.example [192.0.2.7]) by mail.contoso.example; Mon, 5 Jan 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
  ]
  if (n % 10 === 9)
    return joined(head, 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', text)
  const alternative = [
    'Content-Type: multipart/alternative; boundary="alt"',
    '',
    '--alt',
    ...part('text/plain; charset=utf-8', text),
    '--alt',
    ...part(
      'text/html; charset=utf-8',
      `<html><head><style>p{margin:0}</style></head><body>${paragraphs(text)}</body></html>`,
    ),
    '--alt--',
  ]
  if (n % 5 !== 0) return joined(head, ...alternative)
  const pdf = Buffer.alloc(40_000, VOCABULARY[n % VOCABULARY.length])
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n')
  return joined(
    head,
    'Content-Type: multipart/mixed; boundary="mix"',
    '',
    '--mix',
    ...alternative,
    '--mix',
    'Content-Type: application/pdf; name="invoice.pdf"',
    'Content-Disposition: attachment; filename="invoice.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    pdf,
    '--mix--',
  )
}

function part(type: string, text: string): string[] {
  return [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', '', base64(text)]
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n')
}

function joined(head: readonly string[], ...rest: string[]): string {
  return [...head, ...rest, ''].join('\r\n')
}

function lines(words: readonly string[]): string {
  return words.map((one, n) => (n % 11 === 10 ? `${one}.\r\n` : `${one} `)).join('')
}

function paragraphs(text: string): string {
  return text
    .split('\r\n')
    .map((line) => `<p style="font-family:Arial;color:#1a1a1a"><span>${line}</span></p>`)
    .join('\r\n')
}

function word(n: number): string {
  return ((n * 2_654_435_761) % 4_294_967_296).toString(36).slice(0, 4)
}

/** Numbers from 0 to 1 that are the same each time (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed * 7919
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
}
