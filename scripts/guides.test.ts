/**
 * Checks the guides for admins and API clients: their codes, routes, variables, commands, permissions and labels match
 * the code.
 */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  applicationPermissionsFor,
  imapCommands,
  loadClouds,
  permissionsFor,
  scopingCommands,
  SIGN_IN_PERMISSIONS,
} from '../server/src/cloud-providers/index.ts'
import { runCli } from '../server/src/cli/index.ts'
import { EVENT_KINDS } from '../server/src/events/index.ts'
import { CATALOGUE, errorOfMicrosoft } from '../server/src/kernel/errors.ts'
import { API_KEY_SCOPES } from '../server/src/people/index.ts'
import { VARIABLES } from '../server/src/variables.ts'

const guides = globSync('{README.md,ARCHITECTURE.md,CONTRIBUTING.md,docs/{admin,api}/*.md,docs/api/guides/*.md}').sort()
const adminPages = guides.filter((guide) => guide.startsWith('docs/admin/'))
const read = (file: string) => readFileSync(file, 'utf8')

describe.each(guides)('%s', (guide) => {
  const text = read(guide)

  it('names existing error codes and event kinds', () => {
    const rooms = new Set(Object.keys(CATALOGUE).map((code) => code.split('.')[0]!))
    const named = spansOf(text).filter((span) => /^[a-z_]+\.[a-z_]+$/.test(span) && rooms.has(span.split('.')[0]!))

    const kinds: readonly string[] = EVENT_KINDS
    expect(named.filter((name) => !(name in CATALOGUE) && !kinds.includes(name))).toEqual([])
  })

  it('names existing routes', () => {
    const named = spansOf(text).flatMap(
      (span) => /^(?:(?:GET|POST|PUT|PATCH|DELETE) )?(\/v1\/\S*)$/.exec(span)?.[1] ?? [],
    )

    expect(named.filter((url) => !ROUTES.has(url.replace(/\?.*/, '')))).toEqual([])
  })

  it('names variables that the server reads', () => {
    // Engineers rehearse, admins don't.
    const rehearsed = guide.startsWith('docs/') ? [] : ['POSTKEY_CLOCK', 'POSTKEY_CHAOS']
    const known = new Set<string>([...VARIABLES.map(({ name }) => name), ...rehearsed])
    const named = text.match(/\bPOSTKEY_[A-Z_]+\b/g) ?? []

    expect(named.filter((name) => !known.has(name) && !NOT_OF_THE_SERVER.has(name))).toEqual([])
  })

  it('names existing verbs of the command line', async () => {
    const printed: string[] = []
    await runCli(['--help'], { print: (line: string) => void printed.push(line) } as never)
    const verbs = [...text.matchAll(/(?:npm run (?:--silent )?postkey --|`postkey) ([a-z]+(?: [a-z][a-z-]+$)?)/gm)].map(
      ([, verb]) => verb!,
    )

    expect(verbs.filter((verb) => verb.split(' ').some((word) => !printed.join('\n').includes(word)))).toEqual([])
  })
})

describe('the admin guide', () => {
  it('lists exactly the permissions of the code, with their ids', () => {
    const text = read('docs/admin/permissions.md')
    const rows = [...text.matchAll(/^\| `(\S+)` +\| `([\da-f-]{36})`/gm)].map(([, value, id]) => `${value!} ${id!}`)

    expect([...new Set(rows)].sort()).toEqual([...new Set(allPermissions())].sort())
  })

  it('pairs Entra ID numbers with their error codes', () => {
    const rows = [...read('docs/admin/troubleshooting.md').matchAll(/^\|([^|]*AADSTS[^|]*)\| `([^`]+)`/gm)]
    const pairs = rows.flatMap(([, symptom, code]) =>
      [...symptom!.matchAll(/AADSTS(\d+)/g)].map(([, number]) => ({ number: Number(number), code: code! })),
    )

    expect(pairs.length).toBeGreaterThan(4)
    expect(pairs.filter(({ number, code }) => errorOfMicrosoft(number) !== code)).toEqual([])
  })

  it('lists the Microsoft clouds with their portals', async () => {
    const rows = [...read('docs/admin/register.md').matchAll(/^\| (.+?) +\| `(https:\S+)`/gm)].map(
      ([, name, portal]) => `${name!} ${portal!}`,
    )

    expect(rows).toEqual((await loadClouds()).list().map(({ name, portal }) => `${name} ${portal}`))
  })

  it('contains the same Exchange commands as the UI', () => {
    const text = read('docs/admin/application-access.md')
    const shown = [...text.matchAll(/^```powershell\n([^]*?)^```$/gm)].map(([, block]) => commandsIn(block!))

    expect(shown).toEqual([commandsIn(scopingCommands(EXAMPLE)!), commandsIn(imapCommands(EXAMPLE)!)])
  })

  it('uses only PowerShell commands of Postkey or of the Microsoft 365 reference', () => {
    const known = sources('server/src/**/*.ts') + read('docs/reference/microsoft-365.md')
    const named = adminPages.flatMap((page) => read(page).match(/\b(?:Add|Get|New|Set|Test)-[A-Z][A-Za-z]+\b/g) ?? [])

    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !known.includes(name))).toEqual([])
  })

  it.each([...adminPages, 'README.md'])('uses existing labels of the UI and of the portal: %s', (page) => {
    const known = LABELS.toLowerCase()
    const labels = [...withoutCode(read(page)).matchAll(/(?<![\w_])_([^_\n]+)_(?![\w_])/g)].map(([, label]) => label!)

    expect(labels.filter((label) => !known.includes(label.toLowerCase()))).toEqual([])
  })
})

describe('the metrics in docs/admin/running.md', () => {
  it('are those of the server', () => {
    const rows = firstCells('docs/admin/running.md').filter((cell) => cell.startsWith('postkey_'))
    const registered = sources('server/src/http/**/!(*.test).ts').matchAll(/'(postkey_(?!space)[a-z_]+)'/g)

    expect(rows.sort()).toEqual([...new Set([...registered].map(([, name]) => name!))].sort())
  })
})

describe('the API guide', () => {
  it('lists the states of a submission', () => {
    const rows = firstCells('docs/api/sending.md')

    expect(rows.sort()).toEqual(API.components.schemas['Submission']!.properties['state']!.enum!.toSorted())
  })

  it('lists every event kind', () => {
    expect(firstCells('docs/api/events.md')).toEqual(EVENT_KINDS)
  })

  it('lists the scopes of API keys', () => {
    const rows = firstCells('docs/api/authentication.md').filter((cell) => /^(connect|\w+:\w+)$/.test(cell))

    expect(rows).toEqual(API_KEY_SCOPES)
  })

  it('lists the page sizes of all lists', () => {
    const rows = [...read('docs/api/pagination.md').matchAll(/^\| `GET (\S+)` +\| (\d+) +\| (\d+) +\|/gm)].map(
      ([, url, usual, most]) => `${url!} ${usual!} ${most!}`,
    )
    const lists = Object.entries(API.paths).flatMap(([url, { get }]) =>
      (get?.parameters ?? [])
        .filter(({ name }) => name === 'limit')
        .map(({ schema }) => `${url.replaceAll(/\{(\w+)\}/g, ':$1')} ${schema.default!} ${schema.maximum!}`),
    )

    expect(rows.sort()).toEqual(lists.sort())
  })
})

/** Parts of openapi.json that the guide repeats. */
const API = JSON.parse(read('docs/openapi.json')) as {
  paths: Record<string, { get?: { parameters?: { name: string; schema: { default?: number; maximum?: number } }[] } }>
  components: { schemas: Record<string, { properties: Record<string, { enum?: string[] }> }> }
}

/** First cells of table rows, if they consist of one code span. */
function firstCells(page: string): string[] {
  return [...read(page).matchAll(/^\| `([^`]+)` +\|/gm)].map(([, cell]) => cell!)
}

/** Variables of tests, of `npm start`, and of the launcher of a release. */
const NOT_OF_THE_SERVER = new Set([
  ...['POSTKEY_POSTGRES_BIN', 'POSTKEY_TEST_DATABASE_URL', 'POSTKEY_DATA', 'POSTKEY_NODE'],
  // Variables of deploy/compose/.env.example.
  ...['POSTKEY_HOST', 'POSTKEY_IMAGE'],
])

const ROUTES = new Set([...read('docs/routes.md').matchAll(/^\| \w+ +\| `(\S+)`/gm)].map(([, url]) => url!))

const EXAMPLE = {
  provider: { name: 'Contoso', clientId: '11111111-2222-3333-4444-555555555555' },
  objectId: undefined,
  scriptNames: { azureCli: 'AzureCloud', graphPowerShell: 'Global' },
  addresses: ['support@contoso.com'],
  receives: 'graph',
  sends: 'graph',
} as const

/** UI texts, sandbox pages, work order steps, error texts, and portal labels in the reference. */
const LABELS =
  stringsOf(sources('web/src/words/en/*.ts')) +
  stringsOf(sources('server/src/cloud-providers/**/{work-order,clouds}.ts')) +
  stringsOf(sources('sandbox/src/{control-panel,portal,outside}/**/*.ts')) +
  Object.values(CATALOGUE)
    .map(({ fix }) => fix)
    .join('\n') +
  read('docs/reference/microsoft-365.md')

/** Quoted texts and texts of HTML templates. */
function stringsOf(source: string): string {
  return (source.replace(/^import .*$/gm, '').match(/'[^'\n]*'|`[^`]*`/g) ?? []).join('\n')
}

function sources(pattern: string): string {
  return globSync(pattern)
    .map((file) => read(file))
    .join('\n')
}

function allPermissions(): string[] {
  const choices = [
    { receives: 'graph', sends: 'graph' },
    { receives: 'graph', sends: undefined },
    { receives: 'imap', sends: 'smtp' },
  ] as const
  return [
    ...SIGN_IN_PERMISSIONS,
    ...choices.flatMap((choice) => [
      ...permissionsFor({ ...choice, kinds: ['user', 'shared'] }),
      ...applicationPermissionsFor(choice),
    ]),
  ].map(({ value, id }) => `${value} ${id}`)
}

function commandsIn(script: string): string[] {
  const lines = script.split('\n').map((line) => line.replace(/#.*$/, '').trimEnd())
  return lines.filter((line) => line !== '')
}

function spansOf(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!)
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^ *```[^]*?^ *```/gm, '')
}

function withoutCode(markdown: string): string {
  return withoutBlocks(markdown).replace(/`[^`\n]*`/g, '')
}
