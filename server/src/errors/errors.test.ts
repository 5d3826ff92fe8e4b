import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CATALOGUE, type ErrorCode, type ErrorEntry, errorOfGraph, errorOfMicrosoft, fillIn } from './index.ts'

const SRC = join(import.meta.dirname, '..')
const WEB = join(SRC, '../../web/src')
const entries = Object.entries<ErrorEntry>(CATALOGUE)
const files = globSync('**/*.ts', { cwd: SRC }).filter((file) => !file.includes('.test.'))

describe('an entry of the error catalog', () => {
  const ofRooms = globSync('*.ts', { cwd: import.meta.dirname })
  const written = ofRooms.flatMap((file) =>
    [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/^ {2}'([a-z_.]+)': \{$/gm)].map(
      ([, code]) => code,
    ),
  )

  it('is registered, and is defined in one file only', () => {
    expect(written.toSorted()).toEqual(entries.map(([code]) => code).toSorted())
  })

  it.each(entries)('has a status that fits its remedy: %s', (code, { remedy, status }) => {
    expect(status).toBeGreaterThanOrEqual(400)
    // 429 and 503 invite the client to repeat the request. The draft of Idempotency-Key asks for 409.
    const expected = code === 'http.idempotency_in_progress' ? [409] : [429, 503]
    if (remedy === 'wait') expect(expected).toContain(status)
    if (remedy === 'sign-in' || remedy === 'admin') expect(status === 500 || status === 502).toBe(false)
  })

  it.each(entries.filter(([, { stage }]) => stage === 'sign-in' || stage === 'authorization'))(
    'keeps mail in the outbox when the sign-in fails: %s',
    (_code, { submission }) => expect(submission).not.toBe('fail'),
  )

  it('never stores a fault of the request as the state of a mailbox', () => {
    const stored = entries.filter(([, { scope, reportAtOnce }]) => scope === 'request' && reportAtOnce)
    expect(stored).toEqual([])
  })
})

describe('a Microsoft code', () => {
  const all = entries.flatMap(([code, { microsoft = {} }]) =>
    (Object.values(microsoft) as (readonly (number | string)[])[]).flat().map((said) => [said, code] as const),
  )

  it('belongs to one entry', () => {
    const keys = all.map(([said]) => String(said).toLowerCase())
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  it.each(all)('%s maps to %s', (said, code) => expect(errorOfMicrosoft(said)).toBe(code))

  it('is looked up by protocol: codes of Entra ID, IMAP and SMTP are unknown to Graph', () => {
    const others = entries.flatMap(([, { microsoft: { entra = [], imap = [], smtp = [] } = {} }]) => [
      ...entra.map(String),
      ...imap,
      ...smtp,
    ])
    expect(others.filter((said) => errorOfGraph(said))).toEqual([])
  })
})

describe('the code of the server and the web UI', () => {
  const rooms = [...new Set(entries.map(([code]) => code.split('.')[0]!))].join('|')
  /** A regular expression or a prefix of codes: `startsWith('tokens.')`, `/^(tokens|egress)\./`. */
  const MATCHES = [
    new RegExp(String.raw`(?:startsWith|endsWith|includes)\(['"\`](?:${rooms})\.[a-z_]*['"\`]\)`, 'g'),
    new RegExp(String.raw`/\^?\(?(?:\?:)?(?:${rooms})[|)\\]`, 'g'),
    new RegExp(String.raw`\b(?:like|LIKE)\b['", ]*(?:${rooms})\.`, 'g'),
    /\b(?:[Cc]ode|reason)\.(?:startsWith|endsWith|split|match)\(/g,
  ]

  function matchesIn(folder: string, names: readonly string[]): string[] {
    return names.flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      return MATCHES.flatMap((pattern) => [...text.matchAll(pattern)].map(([match]) => `${file}: ${match}`))
    })
  }

  it('decides by the entry, never by the spelling of a code', () => {
    expect(matchesIn(SRC, files).filter((each) => !ALLOWED.includes(each))).toEqual([])
    const ofWeb = globSync('**/*.{ts,tsx}', { cwd: WEB, exclude: ['**/generated/**'] })
    expect(ofWeb.length).toBeGreaterThan(300)
    expect(matchesIn(WEB, ofWeb)).toEqual([])
  })
})

/** Exceptions: codes of other systems, and the room of a code that a newer version stored. */
const ALLOWED = ['incidents/causes.ts: code.split(', 'http/problem.ts: code.startsWith(']

describe('a text of an error', () => {
  it.each(entries)('contains known parameters only: %s', (_code, { title, fix }) => {
    for (const text of [title, fix]) expect(fillIn(text, (parameter) => `[${parameter}]`)).not.toMatch(/[{}]/)
  })

  it('is rejected if it has an unknown parameter', () => {
    expect(() => fillIn('Ask {nobody}.', () => '')).toThrow('{nobody} is no parameter')
  })

  it('keeps braces inside a parameter value', () => {
    expect(fillIn('{address} is full', () => '{person}')).toBe('{person} is full')
  })

  it('is read only through fixOf and storedReason, which fill its parameters', () => {
    const raw = /\bfix\b[^\n]*= CATALOGUE|CATALOGUE\[[^\]]+\]\.fix|\.\.\.CATALOGUE|entry\.fix\b/
    const readers = files.filter((file) => raw.test(readFileSync(join(SRC, file), 'utf8')))
    expect(readers).toEqual(['kernel/errors.ts'])
  })
})

describe('an entry with a missing field or a contradiction', () => {
  it('does not compile', () => {
    const whole = { title: 'T', fix: 'F.', remedy: 'wait', scope: 'us', status: 503, submission: 'wait' } as const
    // @ts-expect-error the title is missing
    const a = { ...whole, title: undefined } as const satisfies ErrorEntry
    // @ts-expect-error the scope is missing
    const b = { title: 'T', fix: 'F.', remedy: 'wait', status: 503, submission: 'wait' } as const satisfies ErrorEntry
    // @ts-expect-error the effect on a submission is missing
    const c = { title: 'T', fix: 'F.', remedy: 'wait', scope: 'us', status: 503 } as const satisfies ErrorEntry
    // @ts-expect-error the HTTP status is missing
    const d = { title: 'T', fix: 'F.', remedy: 'wait', scope: 'us', submission: 'wait' } as const satisfies ErrorEntry
    // @ts-expect-error a code that is registered nowhere
    const e: ErrorCode = 'kernel.of_tomorrow'
    // @ts-expect-error the fault of a request changes no grant
    const f = { ...whole, scope: 'request', changesGrant: true } as const satisfies ErrorEntry
    // @ts-expect-error an attempt to sign in changes no grant
    const g = { ...whole, stage: 'authorization', changesGrant: true } as const satisfies ErrorEntry
    expect([a, b, c, d, e, f, g]).toHaveLength(7)
  })
})
