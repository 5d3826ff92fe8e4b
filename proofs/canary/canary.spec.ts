import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readExchanges, recorderOption, toRoute, type Exchange } from './exchange.ts'
import { findSecrets } from './find-secrets.ts'
import { collectSecrets } from './collect-secrets.ts'

const REFRESH_TOKEN = { name: 'refresh_token', value: '1.AXkA+3b/x "and" <more> & ends-here~' }
const LONG = { name: 'access_token', value: Array.from({ length: 60 }, (_, i) => `part${i * 7919}`).join('.') }

const search = (text: string, secret = REFRESH_TOKEN) => findSecrets([{ name: 'postkey.log', text }], [secret])

describe('a secret', () => {
  const { value } = REFRESH_TOKEN

  it.each([
    ['as it is', value],
    ['percent-encoded', encodeURIComponent(value)],
    ['percent-encoded', encodeURIComponent(value).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['form-encoded', new URLSearchParams({ '': value }).toString().slice(1)],
    ['as JSON', JSON.stringify(value)],
    ['hexadecimal', Buffer.from(value).toString('hex')],
    ['base64', Buffer.from(value).toString('base64')],
    ['base64', Buffer.from(`x${value}yz`).toString('base64')],
    ['base64', Buffer.from(`xy${value}z`).toString('base64')],
    ['base64url', Buffer.from(`xy${value.replaceAll(' ', '?')}`).toString('base64url')],
  ])('is found %s', (form, written) => {
    const secret = form === 'base64url' ? { ...REFRESH_TOKEN, value: value.replaceAll(' ', '?') } : REFRESH_TOKEN
    const [find] = search(`{"level":30,"msg":"got ${written} back"}`, secret)

    expect(find).toMatchObject({ secret: 'refresh_token', text: 'postkey.log', form })
  })

  it('is found when it was cut short at either end', () => {
    expect(search(`…${LONG.value.slice(-100)}`, LONG)).toHaveLength(1)
    expect(search(`${LONG.value.slice(0, Math.ceil(LONG.value.length * 0.6))}…`, LONG)).toHaveLength(1)
  })

  it('with a JWT is found by its signature, not by claims that also occur elsewhere', () => {
    const [header, claims, signature] = ['x'.repeat(40), 'AwMD'.repeat(40), LONG.value.replaceAll('.', '_')]
    const jwt = { name: 'access_token', value: `${header}.${claims}.${signature}` }

    expect(search(claims, jwt)).toEqual([])
    expect(search(jwt.value.slice(0, jwt.value.length / 2 + 120), jwt)).toHaveLength(1)
    expect(search(signature.slice(-60), jwt)).toHaveLength(1)
  })

  it('is not found in a text without it, nor in the one that may contain it', () => {
    expect(search('{"msg":"the grant was renewed"}')).toEqual([])
    expect(search(value, { ...REFRESH_TOKEN, mayBeIn: ['postkey.log'] } as typeof REFRESH_TOKEN)).toEqual([])
  })

  it('is not shown in the report about it', () => {
    expect(JSON.stringify(search(`before ${value}`))).not.toContain(value)
  })

  it('too short to tell from chance is refused', () => {
    expect(() => search('1234567', { name: 'code', value: '1234567' })).toThrow(TypeError)
  })
})

describe('secrets of a run', () => {
  it('are known from requests and responses of the token endpoint', () => {
    const known = collectSecrets([
      exchange({
        program: 'sandbox',
        method: 'POST',
        url: '/contoso.example/oauth2/v2.0/token',
        requestBody: 'grant_type=authorization_code&code=the-code-of-it&code_verifier=the-verifier',
        responseBody: '{"access_token":"an-access-token","refresh_token":"a-refresh-token"}',
      }),
    ])

    expect(known.map(({ name }) => name)).toEqual(['code', 'code_verifier', 'access_token', 'refresh_token'])
  })

  it('are known from cookies, passwords, keys and links', () => {
    const known = collectSecrets([
      exchange({ responseHead: 'HTTP/1.1 200 OK\r\nset-cookie: session=abc%2Bdefghi; Path=/\r\n\r\n' }),
      exchange({ method: 'POST', url: '/v1/session', requestBody: '{"password":"by the sea"}' }),
      exchange({ method: 'POST', url: '/v1/api-keys', responseBody: '{"key":"pk_12345678"}' }),
      exchange({ method: 'POST', url: '/v1/invitations', responseBody: '{"url":"http://a/join#12345678"}' }),
    ])

    expect(known.map(({ value }) => value)).toEqual([
      'abc%2Bdefghi',
      'abc+defghi',
      'by the sea',
      'pk_12345678',
      '12345678',
    ])
  })
})

describe('the recorder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postkey canary-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('records requests and responses of a program, including streams, cookies and compressed bodies', () => {
    const program = join(folder, 'main.ts')
    writeFileSync(program, PROGRAM)
    execFileSync(process.execPath, [program], {
      env: { PATH: process.env.PATH, NODE_OPTIONS: recorderOption(folder, { bodies: true }) },
    })

    const [only, packed] = readExchanges(folder)
    expect(packed).toMatchObject({ url: '/packed', responseBody: 'answered in a compressed form' })
    expect(only).toMatchObject({
      program: 'postkey',
      method: 'POST',
      url: '/v1/people/0198c0de-0000-7000-8000-000000000001?a=b',
      requestBody: 'asked',
      status: 201,
      responseBody: 'answered in two',
    })
    expect(only!.responseHead).toMatch(/^set-cookie: a=b/im)
    expect(toRoute(only!)).toBe('POST /v1/people/:id')
  })
})

const PROGRAM = `
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
const server = createServer((request, response) => {
  if (request.url === '/packed') {
    response.writeHead(200, { 'Content-Encoding': 'gzip' })
    response.end(gzipSync('answered in a compressed form'))
    return
  }
  request.resume().once('end', () => {
    response.setHeader('set-cookie', 'a=b')
    response.writeHead(201, { 'content-type': 'text/plain' })
    response.write('answered ')
    response.end(Buffer.from('in two'))
  })
}).listen(0, async () => {
  const url = 'http://localhost:' + server.address().port + '/v1/people/0198c0de-0000-7000-8000-000000000001?a=b'
  await (await fetch(url, { method: 'POST', body: 'asked' })).text()
  await (await fetch(new URL('/packed', url))).text()
  server.close()
  server.closeAllConnections()
})
`

function exchange(parts: Partial<Exchange>): Exchange {
  return {
    ...{ program: 'postkey', at: 0, port: 1, method: 'GET', url: '/', requestHeaders: [], requestBody: '' },
    ...{ status: 200, responseHead: '', responseBody: '' },
    ...parts,
  }
}
