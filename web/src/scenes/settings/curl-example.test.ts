import { describe, expect, it } from 'vitest'
import { curlExample } from './curl-example.ts'

const ORIGIN = 'https://mail.contoso.example'

describe('the example for a new API key', () => {
  it('reads conversations if the key may', () => {
    const example = curlExample({ key: 'k', scopes: ['admin:read', 'mail:read'] }, ORIGIN)
    expect(example).toBe(`curl -H 'Authorization: Bearer k' '${ORIGIN}/v1/conversations?limit=5'`)
  })

  it('shows nothing that the key is refused', () => {
    expect(curlExample({ key: 'k', scopes: ['admin:read'] }, ORIGIN)).toContain('/v1/people')
    expect(curlExample({ key: 'k', scopes: ['mail:send'] }, ORIGIN)).toContain('/v1/submissions')
    expect(curlExample({ key: 'k', scopes: ['mail:write'] }, ORIGIN)).toContain('/close')
    expect(curlExample({ key: 'k', scopes: ['admin:write'] }, ORIGIN)).toContain('/check')
  })
})
