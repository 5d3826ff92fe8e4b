import { beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase, type TestApp } from '../../../test/kit/index.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp(await testDatabase(), createTestClock())
})

describe('the page of an error code', () => {
  it('is the address in the type of a problem, and names meaning, fix and who can fix it', async () => {
    const refused = await app.ask('GET /v1/people')
    const { type, title, fix, code } = refused.body as Record<string, string>

    expect(type).toBe(`/docs/errors/${code}`)
    const page = await app.ask(`GET ${type}`)
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
    for (const part of [title, fix, code]) expect(page.text).toContain(part!.replaceAll('"', '&#34;'))
  })

  it.each(['GET /docs/errors/people.unheard_of', 'GET /docs/errors/constructor'])(
    'does not exist for %s',
    async (at) => {
      const { status, body } = await app.ask(at)

      expect([status, (body as { code: string }).code]).toEqual([404, 'http.not_found'])
    },
  )
})
