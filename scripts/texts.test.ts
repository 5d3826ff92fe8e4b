import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const catalogs = globSync('server/src/**/texts.ts').sort()
const sourcesOf = (folder: string) =>
  globSync(`${folder}/**/*.ts`)
    .filter((file) => !file.endsWith('/texts.ts') && !file.includes('.test.'))
    .map((file) => ({ file, source: readFileSync(file, 'utf8') }))

describe('the catalog of texts', () => {
  it('exists in each room that shows texts', () => {
    expect(catalogs.map((file) => dirname(file).slice('server/src/'.length))).toEqual(
      expect.arrayContaining(['cloud-providers', 'doctor', 'email-accounts', 'mail']),
    )
  })

  it.each(catalogs)('has no unused text: %s', async (file) => {
    const { TEXTS } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      TEXTS: Readonly<Record<string, string>>
    }
    const sources = sourcesOf(dirname(file)).map(({ source }) => source)

    const isShown = (key: string) => sources.some((source) => new RegExp(String.raw`\bTEXTS\.${key}\b`).test(source))
    expect(Object.keys(TEXTS).filter((key) => !isShown(key))).toEqual([])
  })

  /** A literal in a place where a line of the doctor or of a check takes its title. */
  const LITERAL = /\b(?:ok|spared|heldUp|later)\([^()]*['`][A-Z][^'`]* |\b(?:title|words|fix)(?::| =) ['`][A-Z$]/g

  it.each(['doctor', 'cloud-providers', 'email-accounts'])('has all titles of its lines: %s', (room) => {
    const found = sourcesOf(`server/src/${room}`).flatMap(({ file, source }) =>
      [...source.matchAll(LITERAL)].map(([literal]) => `${file}: ${literal}`),
    )
    expect(found).toEqual([])
  })
})
