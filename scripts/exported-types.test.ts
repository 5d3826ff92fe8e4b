import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** Names of exported types with more than one declaration, with their files. */
function repeatedTypes(sources: ReadonlyMap<string, string>): string[] {
  const declared = [...sources].flatMap(([file, text]) =>
    [...text.matchAll(/^export (?:interface|type|(?:abstract )?class) (\w+)/gm)].map(([, name]) => ({
      name: name!,
      file,
    })),
  )
  return [...Map.groupBy(declared, ({ name }) => name)]
    .filter(([, files]) => files.length > 1)
    .map(([name, files]) => `${name}: ${files.map(({ file }) => file).join(', ')}`)
}

describe('exported types of the server', () => {
  it('have one declaration per name', () => {
    const files = globSync('server/src/**/*.ts').filter((file) => !file.endsWith('.test.ts'))
    expect(files.length).toBeGreaterThan(400)
    expect(repeatedTypes(new Map(files.map((file) => [file, readFileSync(file, 'utf8')])))).toEqual([])
  })

  it('are reported with their files when two share a name', () => {
    const place = 'export interface Place {\n}\n'
    expect(
      repeatedTypes(
        new Map([
          ['a.ts', place],
          ['b.ts', place],
        ]),
      ),
    ).toEqual(['Place: a.ts, b.ts'])
  })
})
