import { format, inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from './secret.ts'

describe('a secret', () => {
  it('is returned only by reveal', () => {
    expect(new Secret('refresh-1').reveal()).toBe('refresh-1')
  })

  it.each<[string, (secret: Secret) => string]>([
    ['a template', (secret) => `token: ${String(secret)}`],
    ['string concatenation', (secret) => 'token: ' + secret.toString()],
    ['JSON', (secret) => JSON.stringify({ secret })],
    ['console.log', (secret) => format('%s %o %j', secret, { secret }, { secret })],
    ['inspect with everything shown', (secret) => inspect({ secret }, { showHidden: true, depth: 9 })],
    ['the fields of an object', (secret) => JSON.stringify(Object.entries(secret))],
    ['an error message', (secret) => inspect(new Error(`no answer for ${String(secret)}`))],
  ])("doesn't leak into %s", (_where, print) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{12,40}$/), (value) => {
        expect(print(new Secret(value))).not.toContain(value)
      }),
    )
  })

  it.each<[string, string]>([
    ['concatenation', String(new Secret('refresh-1'))],
    ['JSON', JSON.parse(JSON.stringify(new Secret('refresh-1'))) as string],
    ['inspect', inspect(new Secret('refresh-1'))],
  ])('is shown as a placeholder by %s, so that a reader of the log recognizes it', (_where, shown) => {
    expect(shown).toBe('[secret]')
  })

  it('equals another secret with the same value', () => {
    expect(new Secret('a').equals(new Secret('a'))).toBe(true)
    expect(new Secret('a').equals(new Secret('b'))).toBe(false)
  })
})
