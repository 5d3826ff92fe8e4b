import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { createTestClock } from '../../test/kit/test-clock.ts'
import { createRequestLimits } from './request-limits.ts'

function createCounter(options: { mostCallers?: number } = {}) {
  const clock = createTestClock()
  const limits = createRequestLimits({ clock, ...options })
  const count = (caller: string, policy: 'key' | 'anonymous' = 'anonymous') => {
    const headers: Record<string, unknown> = {}
    const reply = { header: (name: string, value: unknown) => (headers[name] = value) } as never
    try {
      limits.count(policy, caller, reply)
      return { headers }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { headers, code: error.code, retryAfterSeconds: error.retryAfterSeconds }
    }
  }
  return { clock, count }
}

describe('a limit of requests', () => {
  it('reports policy, remaining requests and seconds until the reset', () => {
    const { clock, count } = createCounter()
    count('203.0.113.7')
    clock.advance(20_500)
    expect(count('203.0.113.7').headers).toEqual({
      'ratelimit-policy': '"anonymous";q=3000;w=60',
      ratelimit: '"anonymous";r=2998;t=40',
    })
    expect(count('id', 'key').headers).toEqual({
      'ratelimit-policy': '"key";q=30000;w=60',
      ratelimit: '"key";r=29999;t=60',
    })
  })

  it('refuses one caller above it until the window ends, and no other caller', () => {
    const { clock, count } = createCounter()
    for (let n = 0; n < 3000; n++) expect(count('203.0.113.7').code).toBeUndefined()
    clock.advance(50_000)
    expect(count('203.0.113.7')).toMatchObject({ code: 'http.rate_limited', retryAfterSeconds: 10 })
    expect(count('203.0.113.7').headers['ratelimit']).toBe('"anonymous";r=0;t=10')
    expect(count('203.0.113.8').code).toBeUndefined()
    clock.advance(10_000)
    expect(count('203.0.113.7').headers['ratelimit']).toBe('"anonymous";r=2999;t=60')
  })

  it('forgets the caller whose window began first when too many are counted', () => {
    const { count } = createCounter({ mostCallers: 2 })
    for (const caller of ['a', 'b', 'b', 'c']) count(caller)
    expect(count('b').headers['ratelimit']).toBe('"anonymous";r=2997;t=60')
    expect(count('a').headers['ratelimit']).toBe('"anonymous";r=2999;t=60')
  })
})
