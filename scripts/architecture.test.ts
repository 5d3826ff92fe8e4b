/** Checks that ARCHITECTURE.md names exactly the rooms of the import law, and that files in its walkthroughs exist. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SANDBOX, SERVER, WORKSPACES, type Law } from './rooms.ts'

const text = readFileSync('ARCHITECTURE.md', 'utf8')
const walkthroughs = sectionOf('## Walkthroughs').split(/^### /m).slice(1)

describe('ARCHITECTURE.md', () => {
  it('lists every room of the server, in its diagram and, in the order of the import law, in its table', () => {
    expectRooms(sectionOf('## The server'), SERVER)
  })

  it('lists every room of the sandbox, in its diagram and, in the order of the import law, in its table', () => {
    expectRooms(sectionOf('## The sandbox'), SANDBOX)
  })

  it('lists every workspace with the workspaces that it may import', () => {
    const rows = [...sectionOf('## Workspaces').matchAll(/^\| `([\w-]+)\/` .*\|([^|]*)\|$/gm)]
    const listed = rows.map(([, name, imports]) => [name!, imports!.match(/[\w-]+(?=`)/g) ?? []] as const)

    expect(Object.fromEntries(listed.filter(([name]) => name !== 'docs'))).toEqual(WORKSPACES)
  })

  it('contains the walkthroughs', () => {
    expect(walkthroughs.map((each) => each.split('\n')[0])).toEqual([
      'An access token',
      'A message in',
      'A reply out',
      'A call by MCP',
      'A mailbox action',
      'A sign-in',
      'A password or an API key',
      'A sign-in to Postkey at a provider',
      'A webhook',
      'An error to the screen',
      'A backup and its restore',
      'Retention',
      'Erasure of a person',
      'A stop',
    ])
  })

  it.each(walkthroughs.map((each) => [each.split('\n')[0]!, each] as const))(
    'names only existing files: %s',
    (_, steps) => {
      const files = [...steps.matchAll(/`([^`\s]+\.tsx?)`/g)].map(([, file]) => file!)

      expect(files.length).toBeGreaterThan(6)
      expect(files.filter((file) => !existsSync(`server/src/${file}`) && !existsSync(file))).toEqual([])
    },
  )
})

function sectionOf(heading: string): string {
  const from = text.indexOf(`${heading}\n`)
  const to = text.indexOf('\n## ', from + 1)
  return from < 0 ? '' : text.slice(from, to < 0 ? undefined : to)
}

function expectRooms(section: string, { rooms, street }: Law): void {
  const expected = [...Object.keys(rooms), ...street]
  const [, diagram = ''] = /```\n([^]*?)```/.exec(section) ?? []
  const listed = [...section.matchAll(/^\| `([\w/-]+)`/gm)].map(([, room]) => room!)

  expect(listed).toEqual(expected)
  expect(expected.filter((room) => !new RegExp(`(?<![\\w/-])${room}(?![\\w/-])`).test(diagram))).toEqual([])
}
