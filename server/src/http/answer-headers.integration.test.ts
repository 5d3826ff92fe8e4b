/** Headers over all routes: Location, Link, Allow, Retry-After. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase } from '../../test/kit/index.ts'
import { CATALOGUE } from '../kernel/errors.ts'
import { createAllowedMethods } from './allowed-methods.ts'
import { createBrowserSessions } from './browser-session.ts'
import { createOpenStreams } from './events/open-streams.ts'
import { createMetrics } from './metrics.ts'
import { cursorOf } from './next-link.ts'
import type { Route } from './route.ts'
import { createRoutes } from './routes.ts'

const { ask, person, rooms, publicUrl } = await createTestApp(await testDatabase(), createTestClock())
const admin = await person('admin')
const routes = createRoutes({
  ...rooms,
  browserSessions: createBrowserSessions(publicUrl),
  metrics: createMetrics(rooms),
  openStreams: createOpenStreams(),
})
const allowedMethods = createAllowedMethods(routes)

/** Routes whose objects have no address: sign-ins that begin at another server, codes, and parts of a conversation or draft. */
const WITHOUT_ADDRESS = [
  ...['POST /v1/account/authenticator-app', 'POST /v1/account/recovery-codes', 'POST /v1/authorizations'],
  ...['POST /v1/connect-sessions/begin', 'POST /v1/sign-in-links/begin', 'POST /v1/sign-in-links/begin-device'],
  ...['POST /v1/conversations/:id/notes', 'POST /v1/drafts/:id/forwarded-attachments', 'POST /v1/links/accept'],
  ...['POST /v1/linked-sign-ins', 'POST /v1/openid-confirmations', 'POST /v1/openid-sign-ins'],
]

function answers({ present }: Route, field: string): boolean {
  return 'schema' in present && field in ((present.schema as unknown as { shape?: object }).shape ?? {})
}

it('every POST that creates has the address of its object', () => {
  const missing = routes.filter((route) => {
    const { at, present } = route
    if (!at.startsWith('POST ') || present.status !== 201) return false
    const own = `${at.slice('POST '.length)}/some-id`
    return !('location' in present) && !(answers(route, 'id') && allowedMethods(own).length > 0)
  })
  expect(missing.map(({ at }) => at).toSorted()).toEqual(WITHOUT_ADDRESS.toSorted())
})

it('every list with a next page takes it in a parameter', () => {
  const paged = routes.filter((route) => answers(route, 'next') && route.at.startsWith('GET '))
  expect(paged.length).toBeGreaterThan(10)
  expect(paged.filter((route) => cursorOf(route) === undefined).map(({ at }) => at)).toEqual([])
})

it('the link of a page leads to the next one', async () => {
  for (const name of ['One', 'Two', 'Three']) {
    const { status } = await ask('POST /v1/invitations', {
      ...{ as: admin, body: { email: `${name}@contoso.example`, name, role: 'agent' } },
    })
    expect(status).toBe(201)
  }
  const seen: string[] = []
  let at: string | undefined = 'GET /v1/audit?limit=1'
  while (at !== undefined && seen.length < 20) {
    const page = await ask(at, { as: admin })
    seen.push(...(page.body as { entries: { id: string }[] }).entries.map(({ id }) => id))
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(String(page.headers['link'])) ?? []
    expect(next !== undefined).toBe((page.body as { next?: string }).next !== undefined)
    at = next && `GET ${next}`
  }
  const { body } = await ask('GET /v1/audit?limit=200', { as: admin })
  expect(seen.length).toBeGreaterThan(2)
  expect(seen).toEqual((body as { entries: { id: string }[] }).entries.map(({ id }) => id))
})

describe('another method', () => {
  const urls = [...new Set(routes.map(({ at }) => at.split(' ')[1]!))]

  it('is 405 with Allow at every address', async () => {
    for (const url of urls) {
      const path = url.replaceAll(/:\w+/g, 'x')
      const allowed = allowedMethods(path)
      const other = ['GET', 'PUT', 'PATCH', 'DELETE'].find((method) => !allowed.includes(method))!
      const answer = await ask(`${other} ${path}`)
      expect(answer, `${other} ${path}`).toMatchObject({ status: 405, headers: { allow: allowed.join(', ') } })
    }
  })
})

it('every 429 says when to try again', () => {
  const folder = join(import.meta.dirname, '..')
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !file.includes('.test.'))
  const source = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  const codes = Object.entries(CATALOGUE).flatMap(([code, { status }]) => (status === 429 ? code : []))
  expect(codes.length).toBeGreaterThan(5)
  for (const code of codes) {
    const thrown = [...source.matchAll(new RegExp(`new AppError\\('${code.replace('.', '\\.')}'([^]{0,40})`, 'g'))]
    expect(thrown.length, code).toBeGreaterThan(0)
    for (const [, after] of thrown) expect(after, code).toMatch(/^,\s+\{\s+retryAfterSeconds/)
  }
})
