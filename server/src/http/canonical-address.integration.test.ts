/** A browser behind a proxy that changes `Host`: each redirected request arrives with the same wrong host. */
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLog } from '../kernel/log.ts'
import { createTestApp, createTestClock, testDatabase } from '../../test/kit/index.ts'

const database = await testDatabase()
const PUBLIC_URL = new URL('https://mail.contoso.example:8443')
const MOST_REDIRECTS = 20

/** Follows redirects like a browser behind a proxy that sets `Host` to `hostOf` of the address. */
async function browse(hostOf: (url: URL) => string, accept = 'text/html') {
  const lines: string[] = []
  const log = createLog({
    level: 'warn',
    destination: new Writable({
      write(line, _encoding, done) {
        lines.push(String(line))
        done()
      },
    }),
  })
  const { ask } = await createTestApp(database, createTestClock(), { publicUrl: PUBLIC_URL, log })
  const jar = new Map<string, string>()

  async function visit() {
    let url = new URL('/inbox', PUBLIC_URL)
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects++) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await ask(`GET ${url.pathname}`, { as: { cookie }, headers: { host: hostOf(url), accept } })
      for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(String(line)) ?? []
        jar.set(name, value)
      }
      if (answer.status !== 308) return { ...answer, redirects }
      url = new URL(String(answer.headers.location))
    }
    throw new Error(`still redirected after ${MOST_REDIRECTS} times`)
  }

  return { visit, lines }
}

describe('a proxy that changes Host', () => {
  it.each([
    ['drops the port, as nginx with $host', (url: URL) => url.hostname],
    ['sends its own name, as nginx without a Host line', () => 'localhost:8400'],
  ])('leads to a page with the fix, and to one line in the log, when it %s', async (_how, hostOf) => {
    const { visit, lines } = await browse(hostOf)
    const { status, headers, text, redirects } = await visit()

    expect(redirects).toBeLessThanOrEqual(5)
    expect([status, headers['content-type']]).toEqual([409, 'text/html; charset=utf-8'])
    expect(text).toContain('proxy_set_header Host $http_host;')
    expect(text).toContain('https://mail.contoso.example:8443')
    expect(text).toContain(hostOf(PUBLIC_URL))
    expect(headers['content-security-policy']).toContain("default-src 'none'; style-src 'sha256-")

    await visit()
    const warnings = lines.filter((line) => line.includes('http.proxy_changes_host'))
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('proxy_set_header Host $http_host;')
  })

  it('answers a program with a problem', async () => {
    const { visit } = await browse((url) => url.hostname, 'application/json')
    expect(await visit()).toMatchObject({ status: 409, body: { code: 'http.proxy_changes_host', remedy: 'admin' } })
  })

  it('escapes a forged Host in its page', async () => {
    const { visit } = await browse(() => '"><script>alert(1)</script>')
    expect((await visit()).text).not.toContain('<script')
  })
})

it('allows the redirects of a browser that used another name, several times in a row', async () => {
  let first = true
  const { visit, lines } = await browse((url) => {
    const host = first ? '10.0.0.7:8443' : url.host
    first = !first
    return host
  })
  for (let n = 0; n < 5; n++) {
    first = true
    expect((await visit()).status).toBe(404)
  }
  expect(lines).toEqual([])
})
