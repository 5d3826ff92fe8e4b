import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameComplaints } from './check-glossary.ts'
import { isBanned, readGlossary, splitWords, type BannedName } from './glossary.ts'

const glossary = readGlossary(readFileSync('GLOSSARY.md', 'utf8'))

describe('the glossary', () => {
  it('is parsed from its tables: code spans are checked by machine, other terms by reviewers', () => {
    const table = `
## In the product

| We write | for | from | we do not write |
| --- | --- | --- | --- |
| \`Grant\` | what | where | \`Auth\`, \`…OAuthApp…\`, \`…Manager\`, \`handle…\`, secret |
`
    expect([...readGlossary(table)]).toEqual([
      [
        'In the product',
        [
          { word: 'auth', place: 'alone', instead: '`Grant`' },
          { word: 'oauthapp', place: 'anywhere', instead: '`Grant`' },
          { word: 'manager', place: 'ends', instead: '`Grant`' },
          { word: 'handle', place: 'begins', instead: '`Grant`' },
        ],
      ],
    ])
  })

  it.each([
    ['OAuthApp', ['o', 'auth', 'app']],
    ['graph-errors', ['graph', 'errors']],
    ['MIN_LIFETIME_MS', ['min', 'lifetime', 'ms']],
    ['messageByKey', ['message', 'by', 'key']],
  ])('splits the name %s into words', (name, words) => {
    expect(splitWords(name)).toEqual(words)
  })

  it.each([
    ['Token', 'token', 'alone', true],
    ['tokens', 'token', 'alone', true],
    ['AccessToken', 'token', 'alone', false],
    ['openMailboxes', 'mailbox', 'anywhere', true],
    ['oauthApps', 'oauthapp', 'anywhere', true],
    ['nodemailer', 'mailer', 'anywhere', false],
    ['ConnectionManager', 'manager', 'ends', true],
    ['managerOf', 'manager', 'ends', false],
    ['handleClick', 'handle', 'begins', true],
    ['handle', 'handle', 'begins', false],
    ['handler', 'handle', 'begins', false],
  ] as const)('checks %s against "%s" %s: %s', (name, word, place, expected) => {
    expect(isBanned(name, { word, place, instead: '' })).toBe(expected)
  })

  it('finds a banned word in any part of a name', () => {
    const mailbox: BannedName = { word: 'mailbox', place: 'anywhere', instead: '' }
    const word = fc.stringMatching(/^[A-Z][a-z]{0,8}$/)

    fc.assert(
      fc.property(fc.array(word), fc.array(word), (before, after) => {
        expect(isBanned([...before, 'Mailbox', ...after].join(''), mailbox)).toBe(true)
      }),
    )
  })
})

describe('the glossary check of names in code', () => {
  it.each([
    ['a type', 'server/src/sync/run.ts', 'type Thread = string'],
    ['an interface', 'server/src/sync/run.ts', 'interface Provider {}'],
    ['a class', 'server/src/sync/run.ts', 'class SyncManager {}'],
    ['a function', 'server/src/http/accept.ts', 'function handleRequest() {}'],
    ['a function in a constant', 'web/src/inbox.tsx', 'const handleClick = () => undefined'],
    ['a file', 'server/src/mail/utils.ts', ''],
    ['a test', 'server/src/mail/utils.integration.test.ts', ''],
    ['a folder', 'server/src/common/text.ts', ''],
    ['a parameter', 'server/src/sync/run.ts', 'const run = (mailboxId: string) => mailboxId'],
    ['a field', 'server/src/sync/run.ts', 'interface Run { sharedMailbox: string }'],
    ['a method', 'server/src/sync/run.ts', 'class Run { openMailbox() {} }'],
    ['a variable taken apart', 'server/src/sync/run.ts', 'const { mailbox } = account'],
    ['a word of the product in the sandbox', 'sandbox/src/tenants/people.ts', 'const emailAccountId = 1'],
    ['a script', 'scripts/helpers.ts', ''],
  ])('checks %s', (_what, file, text) => {
    expect(nameComplaints(file, text, glossary)).toHaveLength(1)
  })

  it.each([
    ['what a package calls its own', 'server/src/sync/run.ts', "import { Thread } from 'elsewhere'"],
    ['keys of an object that goes over the wire', 'server/src/sync/run.ts', 'send({ mailbox: 1 })'],
    ['a variable with a name that only types may not have', 'server/src/sync/run.ts', 'const data = read()'],
    ['mailbox in a transport', 'server/src/transports/graph/delta.ts', 'const mailboxPath = 1'],
    ['mailbox in the sandbox, which plays Exchange', 'sandbox/src/tenants/people.ts', 'interface Mailbox {}'],
    ['words in sentences', 'server/src/sync/run.ts', "// opens the mailbox\nconst title = 'the mailbox'"],
  ])('ignores %s', (_what, file, text) => {
    expect(nameComplaints(file, text, glossary)).toEqual([])
  })

  it('reports a name with its position and the word to use', () => {
    expect(nameComplaints('server/src/sync/run.ts', '\n\ntype Thread = string', glossary)).toEqual([
      'server/src/sync/run.ts:3: "Thread" is a name we do not write; GLOSSARY.md has `Conversation` in its place',
    ])
  })
})
