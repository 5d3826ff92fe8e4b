import { describe, expect, it } from 'vitest'
import { fileComplaints } from './check-prose.ts'
import { BANNED_TERMS, proseComplaints } from './prose/rules.ts'

const SERVER = 'server/src/sync/run.ts'
const FAULT = 'sandbox/src/faults/imap/imap-hangs.ts'
const PANEL = 'sandbox/src/control-panel/authenticator.ts'
const WORDS = 'web/src/words/en/inbox.ts'

describe('the prose check', () => {
  it.each([
    ['a doc comment', SERVER, '/** What hangs on one sign-in. */\nexport const a = 1'],
    ['a comment of several lines', SERVER, '// The first line is fine.\n// It tells whoever asks.\nconst a = 1'],
    ['a trailing comment', SERVER, 'const a = 1 // Whether it is one.'],
    ['a comment in JSX', 'web/src/a.tsx', 'const a = <p>{/* Of one mailbox */}</p>'],
    ['a test title', 'server/src/sync/run.test.ts', "it('that nobody sees', () => {})"],
    ['a title of it.each', 'server/src/sync/run.test.ts', "it.each([1])('what %s is', () => {})"],
    ['an API summary', 'server/src/http/a.ts', "const route = { summary: 'Who has access.' }"],
    ['a description of an API field', 'server/src/http/a.ts', "const a = z.string().describe('Whoever reads it')"],
    ['a UI text', WORDS, "export const words = { a: { b: 'Nobody stands by' } }"],
    ['a text of a server catalog', 'server/src/doctor/texts.ts', "export const TEXTS = { a: 'Nobody signs in' }"],
    ['a UI text with a parameter', WORDS, 'export const words = { a: (n: number) => `Whoever has ${n}` }'],
    ['a title of a fault', FAULT, "defineFault({ title: 'What nobody sees' })"],
    ['an entry of a list', FAULT, "defineFault({ reveals: ['AUTHENTICATE', 'whatever comes first'] })"],
    ['an option of a fault', FAULT, "defineFault({ options: { a: { kind: 'number', title: 'Who' } } })"],
    ['a hint of the control panel', PANEL, "field({ hint: 'Whether it is on' })"],
    ['a conditional message of the control panel', PANEL, "const message = found ? 'Found.' : `Nobody has ${upn}.`"],
    ['a message of an error', PANEL, "throw new FaultsError(404, 'Nobody has it.')"],
    ['a text of a page', PANEL, 'html`<h1>A</h1><p>The <b>code</b> that ${who} or somebody needs.</p>`'],
    ['the opening of a text of a page', PANEL, 'html`<dl><dt>Of ${where}</dt></dl>`'],
    ['a reason of the drill', 'proofs/drill/plan.ts', "const ABSORBED = { 'a-fault': 'nobody goes by it' }"],
    ['a message of a judge', 'proofs/drill/verdict.ts', "expectThat(isSeen, 'it was noticed by nobody')"],
    ['a Markdown heading', 'README.md', '# What it is\n'],
    ['a Markdown list item', 'docs/admin/a.md', 'Text.\n\n- Whoever signs in\n'],
    ['a Markdown table cell', 'docs/admin/a.md', '| a | b |\n| --- | --- |\n| `x` | Whether it is |\n'],
    ['an SQL comment', 'server/migrations/0001_a.sql', '-- Whether it is one.\nSELECT 1;'],
    ['a trailing SQL comment', 'server/migrations/0001_a.sql', 'SELECT 1 - 1; -- Whoever asks'],
    ['the second line of an SQL comment', 'server/migrations/0001_a.sql', '-- One line\n-- and the weather.'],
    ['the second line of a paragraph', 'docs/admin/a.md', 'One line\nand the weather.\n'],
  ])('refuses %s', (_, file, text) => {
    expect(fileComplaints(file, text).length).toBeGreaterThan(0)
  })

  it.each([
    ['a noun phrase', SERVER, '/** Mailboxes that depend on a grant. */'],
    ['code', SERVER, "const whoever = 'nobody'"],
    ['a string that looks like a comment', SERVER, "const a = '// What is this'"],
    ['a question', WORDS, "export const a = 'What went wrong?'"],
    ['a heading that says how', WORDS, "export const a = 'How to fix it'"],
    ['SQL', 'server/migrations/0001_a.sql', 'SELECT nobody FROM roads;\n-- A line.'],
    ['names of a fault', FAULT, "defineFault({ name: 'nobody', choices: ['nobody'] })"],
    ['markup and parameters of a page', PANEL, 'html`<p id="nobody">${nobody} of <i>all</i> of them</p>`'],
    ['a page that imitates Microsoft', 'sandbox/src/entra-id/a.ts', 'html`<p>Nobody</p>`'],
    ['code in Markdown', 'README.md', 'Set `nobody`.\n\n```\nWhat is this\n```\n'],
  ])('accepts %s', (_, file, text) => {
    expect(fileComplaints(file, text)).toEqual([])
  })

  it('reports the file, the line, the words and the advice', () => {
    expect(fileComplaints(SERVER, 'const a = 1\n/** Whether it is one. */')).toEqual([
      `${SERVER}:2: "Whether". Start with a noun or an imperative verb.`,
    ])
  })

  it.each(
    [
      ...[
        'whoever',
        'roads',
        'opener',
        'stands by',
        'deed',
        'weather',
        'cargo',
        'thrown away',
        'taken back',
        'the fence',
      ],
      ...['set-up', 'end date', 'marks of the way', 'anew', 'I am at it'],
    ].map((term, at) => [term, BANNED_TERMS[at]!] as const),
  )('gives advice for %s', (term, { instead }) => {
    expect(proseComplaints(`A text with ${term} in it`)).toEqual([
      { found: expect.any(String) as string, advice: `Write ${instead}.` },
    ])
  })
})
