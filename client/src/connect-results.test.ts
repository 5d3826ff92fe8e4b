import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ConnectResultError, verifyConnectResult } from './index.ts'

const SECRET = 'rsec_of_the_client_test'
const RETURN_URL = 'https://shop.example/connected'
const issuedAt = new Date('2026-03-01T09:00:00Z')

function signed(): string {
  const seconds = issuedAt.getTime() / 1000
  const content = {
    sub: 's-1',
    status: 'completed',
    state: 'größe & 漢',
    aud: 'https://shop.example',
    exp: seconds + 900,
  }
  const parts = [{ alg: 'HS256' }, content].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  const signature = createHmac('sha256', SECRET).update(parts.join('.')).digest('base64url')
  return `${RETURN_URL}?tenant=1&postkey_result=${parts.join('.')}.${signature}`
}

const faultOf = (verify: () => unknown) => {
  try {
    return verify()
  } catch (error) {
    return error instanceof ConnectResultError ? error.fault : error
  }
}

describe('the result of a connect session', () => {
  it('is accepted as an address, as a path and as its parameter', () => {
    const address = signed()
    const accepted = { secret: SECRET, returnUrl: RETURN_URL, now: issuedAt }

    const content = verifyConnectResult({ ...accepted, result: address })
    expect(content).toMatchObject({ status: 'completed', state: 'größe & 漢' })
    const url = new URL(address)
    for (const result of [url, url.pathname + url.search]) {
      expect(verifyConnectResult({ ...accepted, result })).toEqual(content)
    }
    const result = url.searchParams.get('postkey_result')!
    expect(verifyConnectResult({ ...accepted, result, secret: ['rsec_of_tomorrow_long', SECRET] })).toEqual(content)
  })

  it('is refused if it is forged, old, incomplete or for another receiver', () => {
    const result = new URL(signed()).searchParams.get('postkey_result')!
    const [header, , signature] = result.split('.')
    const other = Buffer.from(JSON.stringify({ sub: 'x', aud: 'https://shop.example', exp: 9e9 })).toString('base64url')
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
    const at = (seconds: number) => new Date(issuedAt.getTime() + seconds * 1000)
    const verify = (given: object) =>
      faultOf(() => verifyConnectResult({ result, secret: SECRET, returnUrl: RETURN_URL, now: issuedAt, ...given }))

    expect(verify({ result: `${header}.${other}.${signature}` })).toBe('signature')
    expect(verify({ result: `${unsigned}.${other}.AAAA` })).toBe('signature')
    expect(verify({ secret: 'rsec_of_another_entry' })).toBe('signature')
    expect(verify({ returnUrl: 'https://other.example/' })).toBe('audience')
    expect(verify({ now: at(899) })).toMatchObject({ status: 'completed' })
    expect(verify({ now: at(900) })).toBe('expired')
    for (const incomplete of ['', RETURN_URL + '?a=b', `${unsigned}.${other}.`, `${result}.x`]) {
      expect(verify({ result: incomplete })).toBe('missing')
    }
  })

  it.each([{ secret: '' }, { secret: [] }, { secret: [SECRET, ''] }, { returnUrl: 'shop.example' }])(
    'is not compared with %o',
    (given) => {
      const result = signed()
      expect(() => verifyConnectResult({ result, secret: SECRET, returnUrl: RETURN_URL, ...given })).toThrow(TypeError)
    },
  )
})
