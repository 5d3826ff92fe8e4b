import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KEYED_ROUTES, PAGED_ROUTES, RAW_ROUTES } from '../client/src/generated/routes.ts'
import { writeClientTypes } from './client-types.ts'

const GENERATED = 'client/src/generated'

describe('the types of the npm package of the client', () => {
  it('agree with the API; if not, run "npm run client:types" and review the difference', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'client-types-'))
    try {
      await writeClientTypes(folder)

      expect(filesOf(GENERATED)).toEqual(filesOf(folder))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('have the routes that docs/routes.md lists for keys, and no others', () => {
    const rows = readFileSync('docs/routes.md', 'utf8').matchAll(/^\| (\w+) +\| `(\S+)` +\| ([^|]+?) +\|/gm)
    const listed = [...rows].flatMap(([, method, path, callers]) => {
      return callers!.includes('keys with') ? [`${method} ${path!.replaceAll(/:(\w+)/g, '{$1}')}`] : []
    })
    const source = readFileSync(join(GENERATED, 'routes.ts'), 'utf8')
    const typed = [...source.matchAll(/^ {2}(\w+): \{\n([^]*?)^ {2}\}$/gm)].flatMap(([, method, rowsOfMethod]) => {
      return [...rowsOfMethod!.matchAll(/^ {4}'(\S+)':/gm)].map(([, path]) => `${method} ${path}`)
    })

    expect(typed.length).toBeGreaterThan(150)
    expect(typed.sort()).toEqual(listed.sort())
  })

  it('know answers other than JSON, pages, and routes with Idempotency-Key', () => {
    for (const route of ['GET /v1/attachments/{id}/content', 'GET /v1/events/stream', 'GET /v1/audit.csv']) {
      expect(RAW_ROUTES).toContain(route)
    }
    expect([...RAW_ROUTES].filter((route) => route in PAGED_ROUTES)).toEqual([])
    expect(KEYED_ROUTES).toContain('POST /v1/submissions')
    const documented = readFileSync('docs/api/pagination.md', 'utf8').matchAll(/^\| `GET (\S+)`.*\|$/gm)
    const pages = [...documented].map(([, path]) => path!.replace(':id', '{id}'))
    expect(pages).toEqual(expect.arrayContaining(Object.keys(PAGED_ROUTES)))
  })
})

function filesOf(folder: string): Record<string, string> {
  const files = globSync('**/*.ts', { cwd: folder }).sort()
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
}
