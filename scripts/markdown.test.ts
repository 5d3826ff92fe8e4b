/** Checks Markdown files in the repository: the commands, links and paths in them exist. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VARIABLES } from '../server/src/variables.ts'

const documents = globSync('{*.md,{docs,server,web,client,sandbox,e2e,mail-servers,scripts}/**/*.md}', {
  exclude: skip,
})
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

/** Every file and folder of the repository, each with a leading slash. */
const PATHS = listPaths()

/** Possible first segments of a path in prose: top-level folders and folders directly under `src`. */
const FIRST_PARTS = new Set(
  [...globSync('*/', { exclude: skip }), ...globSync('{server,web,sandbox}/{src,test}/*/'), ...globSync('docs/*/')].map(
    (path) => path.replace(/\/$/, '').split('/').at(-1)!,
  ),
)

/** Folders that exist only during or after a run. */
const MADE_LATER = /^(?:data|node_modules|web\/dist|e2e\/screenshots)(?:\/|$)/

describe('Markdown in the repository', () => {
  it.each(documents)('names existing npm scripts: %s', (document) => {
    const named = [...readFileSync(document, 'utf8').matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(
      ([, name]) => name!,
    )

    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it.each(documents)('links to existing files and headings: %s', (document) => {
    const targets = [...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
      ([, to]) => to!,
    )

    expect(
      targets.filter((target) => !exists(target.startsWith('#') ? document + target : join(dirname(document), target))),
    ).toEqual([])
  })

  it.each(documents)('names existing paths: %s', (document) => {
    expect(pathsIn(readFileSync(document, 'utf8')).filter((path) => !pathExists(path))).toEqual([])
  })

  it('fails for a missing path', () => {
    const paths = pathsIn(
      '`server/src/no-room`, `tokens/gone.ts`, `gone.ts`, `text/plain`, `README.md`, `@a/b`, `*.ts`',
    )

    expect(paths).toEqual(['server/src/no-room', 'tokens/gone.ts', 'gone.ts', 'README.md'])
    expect(paths.filter((path) => !pathExists(path))).toEqual(['server/src/no-room', 'tokens/gone.ts', 'gone.ts'])
  })

  it('keeps each version of CHANGELOG.md under 150 lines', () => {
    const versions = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1)

    expect(versions[0]).toMatch(/^Unreleased: /)
    expect(versions.map((version) => version.split('\n').length).filter((lines) => lines >= 150)).toEqual([])
  })

  it('lists every environment variable of the server in docs/admin/running.md', () => {
    const table = readFileSync('docs/admin/running.md', 'utf8')

    expect(VARIABLES.map(({ name }) => name).filter((name) => !table.includes(`\`${name}\``))).toEqual([])
  })

  it('shows the test commands of CI in README.md', () => {
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

/** Code spans that name a file or folder of this repository: `server/src/main.ts`, `tokens/keeper.ts`, `main.ts`. */
function pathsIn(markdown: string): string[] {
  const spans = [...markdown.replace(/^```[^]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!)
  return spans.filter(
    (span) =>
      (/^[\w.-]+\.(?:ts|tsx|md|sql)$/.test(span) && !span.startsWith('.')) ||
      (/^[\w.-]+(?:\/[\w.-]+)+\/?$/.test(span) && FIRST_PARTS.has(span.split('/')[0]!)),
  )
}

/** Returns true if a path exists. Prose may omit the first folders of a path. */
function pathExists(path: string): boolean {
  if (MADE_LATER.test(path)) return true
  const end = `/${path.replace(/\/$/, '')}`
  return PATHS.some((known) => known.endsWith(end))
}

function listPaths(): string[] {
  return globSync('**', { exclude: skip }).map((path) => `/${path.replaceAll('\\', '/')}`)
}

function skip(name: string): boolean {
  return /(?:^|\/)(?:node_modules|dist|generated|data|coverage)$/.test(name)
}
