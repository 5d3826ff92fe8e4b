import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase, type TestApp } from '../../test/kit/index.ts'

/** Files that the build copies: the favicon, and that with a dot. */
const COPIED = join(import.meta.dirname, '../../../web/public')
const folder = mkdtempSync(join(tmpdir(), 'postkey-web-'))
const asPage = { headers: { accept: 'text/html' } }
const LARGE = 'a{color:red}'.repeat(1000)
let site: TestApp

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'))
  cpSync(COPIED, folder, { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<meta property="csp-nonce" nonce="NONCE-OF-THIS-ANSWER">the page')
  writeFileSync(join(folder, 'assets/index-abc.js'), 'export {}')
  writeFileSync(join(folder, 'assets/large-abc.css'), LARGE)
  writeFileSync(join(folder, 'assets/large-abc.css.br'), brotliCompressSync(LARGE))
  writeFileSync(join(folder, 'assets/large-abc.css.gz'), gzipSync(LARGE))
  writeFileSync(join(folder, 'secret.txt'), 'not part of the build')
  site = await createTestApp(await testDatabase(), createTestClock(), { webFolder: folder })
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the web UI', () => {
  it.each(['/', '/inbox?view=mine', '/email-accounts/1', '/join'])('is one page at every address: %s', async (path) => {
    const { status, text, headers } = await site.ask(`GET ${path}`, asPage)

    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(text).toContain('the page')
    expect(headers['cache-control']).toBe('no-store')
  })

  it('has a new nonce in each response, which its policy names, and allows scripts only from files', async () => {
    const [one, other] = [await site.ask('GET /', asPage), await site.ask('GET /', asPage)]
    const nonceOf = ({ text }: { text: string }) => /nonce="([^"]+)"/.exec(text)![1]!

    expect(nonceOf(one)).not.toBe(nonceOf(other))
    expect(one.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonceOf(one)}';`)
    expect(one.headers['content-security-policy']).toContain("script-src 'self';")
    expect(one.headers['content-security-policy']).not.toContain('unsafe')
  })

  it('has an empty frame for texts, with the policy of a message without remote images', async () => {
    const { status, text, headers } = await site.ask('GET /message-frame')

    expect([status, headers['content-type'], headers['x-frame-options']]).toEqual([
      ...[200, 'text/html; charset=utf-8', undefined],
    ])
    expect(headers['content-security-policy']).toBe(
      "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    )
    expect(headers['cache-control']).toBe('public, max-age=3600')
    expect(text).toMatch(/<body dir="auto" data-message-frame><\/body><\/html>$/)
  })

  it('lets browsers cache only files with a hash in their name', async () => {
    const { status, headers } = await site.ask('GET /assets/index-abc.js')

    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
  })

  it.each(readdirSync(COPIED))('serves the copied file %s', async (file) => {
    const { status, headers } = await site.ask(`GET /${file}`)

    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'image/svg+xml', 'no-cache'])
  })

  it.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    [undefined, undefined, (content: Buffer) => content],
  ])('sends compressed files to browsers that accept %s', async (accepted, encoding, unpack) => {
    const { headers, rawPayload } = await site.app.inject({
      url: '/assets/large-abc.css',
      headers: { host: site.publicUrl.host, ...(accepted && { 'accept-encoding': accepted }) },
    })

    expect([headers['content-encoding'], headers['content-type']]).toEqual([encoding, 'text/css; charset=utf-8'])
    expect([headers['vary'], headers['cache-control']]).toEqual([
      expect.stringMatching(/^accept-encoding$/i),
      'public, max-age=31536000, immutable',
    ])
    expect(unpack(rawPayload).toString()).toBe(LARGE)
    expect(rawPayload.length < LARGE.length).toBe(encoding !== undefined)
  })

  it.each(['/assets/gone-abc.js', '/assets/../secret.txt', '/assets/..%2fsecret.txt', '/secret.txt', '/index.html'])(
    'serves only files that were built for browsers: %s',
    async (path) => {
      const { status, text } = await site.ask(`GET ${path}`)

      expect(status).toBe(404)
      expect(text).not.toContain('not part of the build')
    },
  )

  it.each([
    ['GET /v1/nothing', 404],
    ['GET /graph/nothing', 404],
    ['POST /inbox', 404],
    ['GET /mcp', 405],
  ])('is not sent to a program: %s gets a problem', async (at, expected) => {
    const { status, headers } = await site.ask(at, asPage)

    expect([status, headers['content-type']]).toEqual([expected, 'application/problem+json'])
  })

  it('explains how to build it if it is missing', async () => {
    const bare = await createTestApp(await testDatabase(), createTestClock(), { webFolder: join(folder, 'nowhere') })

    const { status, text } = await bare.ask('GET /', asPage)

    expect(status).toBe(503)
    expect(text).toContain('npm run build')
  })
})
