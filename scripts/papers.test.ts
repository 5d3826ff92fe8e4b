/** README and its like promise commands and point at files; these tests hold them to it. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VARIABLES } from '../server/src/config.ts'

const papers = globSync('{*.md,docs/**/*.md,changes/*.md,web/*.md,e2e/*.md,sandbox/*.md}')
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

describe('the papers of the house', () => {
  it.each(papers)('name only npm scripts that exist: %s', (paper) => {
    const named = [...readFileSync(paper, 'utf8').matchAll(/npm run (?:--silent )?([a-z][a-z-]*)/g)].map(
      ([, name]) => name!,
    )

    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it.each(papers)('point only at files and headings that exist: %s', (paper) => {
    const targets = [...readFileSync(paper, 'utf8').matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
      ([, to]) => to!,
    )

    expect(
      targets.filter((target) => !exists(target.startsWith('#') ? paper + target : join(dirname(paper), target))),
    ).toEqual([])
  })

  it('name every variable that whoever runs Postkey can set', () => {
    const table = readFileSync('docs/admin/running.md', 'utf8')

    expect(VARIABLES.map(({ name }) => name).filter((name) => !table.includes(`\`${name}\``))).toEqual([])
  })

  it('give people the same test line that machines run', () => {
    const [line] = /^npm ci && npm run setup && npm test$/m.exec(readFileSync('README.md', 'utf8')) ?? []
    const commands = [...readFileSync('.ci/run', 'utf8').matchAll(/\bnpm (?:ci|run setup|test)\b/g)].map(
      ([command]) => command,
    )

    expect(line?.split(' && ')).toEqual(commands)
  })
})

function exists(target: string): boolean {
  const [file, heading] = target.split('#') as [string, string | undefined]
  if (!existsSync(file)) return false
  if (heading === undefined) return true
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)]
  return headings.some(
    ([, text]) =>
      text!
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-') === heading,
  )
}
