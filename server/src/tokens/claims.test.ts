import fc from 'fast-check'
import { expect, it } from 'vitest'
import { challengeOf, claimsParameter } from './claims.ts'

const CP1 = { xms_cc: { values: ['cp1'] } }

it('says what we can do, with or without a challenge', () => {
  expect(JSON.parse(claimsParameter())).toEqual({ access_token: CP1 })
  expect(JSON.parse(claimsParameter('{"access_token":{"nbf":{"value":"1"}},"id_token":{}}'))).toEqual({
    access_token: { ...CP1, nbf: { value: '1' } },
    id_token: {},
  })
})

it('unites challenges, and lets none take away what we can do', () => {
  const [nbf, acrs] = [
    '{"access_token":{"nbf":{"value":"1"},"xms_cc":null}}',
    '{"access_token":{"acrs":{"value":"c1"}}}',
  ]

  expect(JSON.parse(claimsParameter(nbf, acrs))).toEqual({
    access_token: { ...CP1, nbf: { value: '1' }, acrs: { value: 'c1' } },
  })
})

it.each(['', '{', 'null', '[]', '"x"', `{"x":"${'y'.repeat(5000)}"}`])('is not led astray by %.10s', (garbage) => {
  expect(challengeOf(garbage)).toBeUndefined()
  expect(JSON.parse(claimsParameter(garbage))).toEqual({ access_token: CP1 })
})

it('changes nothing but itself, whatever a challenge is called', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const claims = JSON.parse(claimsParameter(text, '{"__proto__":{"polluted":true}}')) as Record<string, unknown>
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      expect(claims).toBeDefined()
    }),
  )
})
