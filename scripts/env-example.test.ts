/** Keeps `.env.example` complete: it is generated from the variables of the server. Run with `--update` after a change. */
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../server/src/config.ts'
import { VARIABLES, type Variable } from '../server/src/variables.ts'

const LINE = 100
const REQUIRED: readonly string[] = ['DATABASE_URL', 'PUBLIC_URL', 'POSTKEY_KEY_FILE']

describe('.env.example', () => {
  it('contains every variable of the server with its sentence and its default or an example', async () => {
    await expect(example()).toMatchFileSnapshot('../.env.example')
  })

  it.each(['.env.example', 'deploy/compose/.env.example', 'docs/admin/backup-and-upgrade.md'])(
    'has no published key in %s: its owner alone could read the backups',
    (file) => {
      expect(readFileSync(file, 'utf8')).not.toMatch(/\bage1[0-9a-z]/)
    },
  )

  it('is a valid configuration', () => {
    const { publicUrl, port } = readConfig(parseEnv(readFileSync('.env.example', 'utf8')))

    expect([publicUrl.origin, port]).toEqual(['https://mail.example.com', 8400])
  })

  it('has values that the server accepts', () => {
    const variables: readonly Variable[] = VARIABLES
    const faults = variables.flatMap(({ name, default: otherwise, example: value = otherwise, fault }) => {
      const found = value === undefined ? undefined : fault(value, {})
      return found === undefined || found.startsWith('names a file that') ? [] : [`${name} ${found}`]
    })

    expect(faults).toEqual([])
  })
})

function example(): string {
  const variables: readonly Variable[] = VARIABLES
  const entries = variables.map(({ name, sentence, default: otherwise, example: value = otherwise }) =>
    [...comment(sentence), `${REQUIRED.includes(name) ? '' : '#'}${name}=${value ?? ''}`].join('\n'),
  )
  const head = comment('Settings of the server, as environment variables. Lines with # show a default or an example.')
  return `${[head.join('\n'), ...entries].join('\n\n')}\n`
}

/** Lines of a comment, each within `LINE` characters unless one word is longer. */
function comment(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`
    if (lines.length > 0 && longer.length + 1 <= LINE) lines[lines.length - 1] = longer
    else lines.push(` ${word}`)
  }
  return lines.map((line) => `#${line}`)
}
