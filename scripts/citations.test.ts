/** Checks that citations of docs/reference/microsoft-365.md and of docs/decisions in code and Markdown exist. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const REFERENCE = 'docs/reference/microsoft-365.md'
const reference = readFileSync(REFERENCE, 'utf8')
const sections = readSections(reference)

const files = globSync('{server,web,sandbox,client,e2e,proofs,bench,mail-servers,scripts,docs}/**/*.{ts,tsx,md}', {
  exclude: (name) => /(?:^|\/)(?:node_modules|dist|generated)(?:\/|$)/.test(name),
}).filter((file) => file !== REFERENCE && file !== 'scripts/citations.test.ts')

const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }))
const citations = texts.flatMap(({ file, text }) => citedSections(text).map((section) => ({ file, section })))

describe('citations of the Microsoft 365 reference', () => {
  it('are found in the sandbox and the server', () => {
    expect(citations.length).toBeGreaterThan(100)
  })

  it('name existing sections', () => {
    expect(citations.filter(({ section }) => !sections.has(section))).toEqual([])
  })

  it('occur only in files that name the path of the reference', () => {
    const unnamed = texts.filter(({ text }) => citedSections(text).length > 0 && !text.includes(REFERENCE))

    // Faults cite in `evidence`; fault-pages.ts shows the path next to it.
    expect(unnamed.map(({ file }) => file).filter((file) => !file.startsWith('sandbox/src/faults/'))).toEqual([])
    expect(readFileSync('sandbox/src/faults/fault-pages.ts', 'utf8')).toContain(REFERENCE)
  })

  it('name only Entra ID codes listed in section C.2', () => {
    const listed = new Set(sections.get('C.2')!.match(/\d{5,}/g))
    const cited = texts.flatMap(({ file, text }) => citedCodes(text).map((code) => ({ file, code })))

    expect(cited.length).toBeGreaterThan(30)
    expect(cited.filter(({ code }) => !listed.has(code))).toEqual([])
  })

  it('fail for a missing section and ignore RFC sections', () => {
    const cited = citedSections('@see §E.99 and §C.2 50079, RFC 9051 §A.1, RFC 9700 §4.14.2')

    expect(cited).toEqual(['E.99', 'C.2'])
    expect(cited.filter((section) => !sections.has(section))).toEqual(['E.99'])
  })
})

describe('citations of decisions', () => {
  const decisions = globSync('docs/decisions/*.md').sort()

  it('name existing files', () => {
    const cited = texts.flatMap(({ file, text }) => citedDecisions(text).map((path) => ({ file, path })))

    expect(cited.length).toBeGreaterThan(10)
    expect(cited.filter(({ path }) => !existsSync(path))).toEqual([])
    expect(citedDecisions('@see docs/decisions/0000-gone.md').filter((path) => existsSync(path))).toEqual([])
  })

  it.each(decisions)('find the number and the sections of a decision: %s', (file) => {
    const text = readFileSync(file, 'utf8')
    const number = /(\d{4})-/.exec(file)![1]!

    expect(text.split('\n')[0]).toMatch(new RegExp(`^# ${number} `))
    expect(text).toMatch(/^## Context$[^]*^## Decision$[^]*^## (?:Consequences|Costs)$[^]*^## Alternatives rejected$/m)
  })

  it('find one decision per number', () => {
    const numbers = decisions.map((file) => /(\d{4})-/.exec(file)![1]!)

    expect(new Set(numbers).size).toBe(numbers.length)
  })
})

function citedDecisions(text: string): string[] {
  return text.match(/\bdocs\/decisions\/[\w-]+\.md\b/g) ?? []
}

/** Sections by name with their text: `C`, `C.2`, and `G.5` for the fifth item of a numbered list in section G. */
function readSections(markdown: string): ReadonlyMap<string, string> {
  const parts = markdown.split(/^(?=#{2,3} [A-I]\.)/m).slice(1)
  return new Map(
    parts.flatMap((text) => {
      const name = /^#+ ([A-I](?:\.\d+)?)/.exec(text)![1]!
      const items = /^## /.test(text) ? [...text.matchAll(/^(\d+)\. .*$/gm)] : []
      return [[name, text] as const, ...items.map(([item, number]) => [`${name}.${number}`, item] as const)]
    }),
  )
}

function citedSections(text: string): string[] {
  return [...text.matchAll(/(RFC \d+(?:,| and)? )?§([A-I](?:\.\d+)?)\b/g)]
    .filter(([, rfc]) => rfc === undefined)
    .map(([, , section]) => section!)
}

/** AADSTS numbers directly after a citation of section C.2: `§C.2 90033, 90024`. */
function citedCodes(text: string): string[] {
  return [...text.matchAll(/§C\.2 (\d{5,}(?:(?:,| and) \d{5,})*)/g)].flatMap(([, codes]) => codes!.match(/\d+/g)!)
}
