import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseChallenge, claimsParameter } from './claims.ts'

const CP1 = { xms_cc: { values: ['cp1'] } }

it('the claims parameter contains our capabilities, with or without a challenge', () => {
  expect(JSON.parse(claimsParameter())).toEqual({ access_token: CP1 })
  expect(JSON.parse(claimsParameter('{"access_token":{"nbf":{"value":"1"}},"id_token":{}}'))).toEqual({
    access_token: { ...CP1, nbf: { value: '1' } },
    id_token: {},
  })
})

it('the claims parameter merges challenges without overwriting our capabilities', () => {
  const [nbf, acrs] = [
    '{"access_token":{"nbf":{"value":"1"},"xms_cc":null}}',
    '{"access_token":{"acrs":{"value":"c1"}}}',
  ]

  expect(JSON.parse(claimsParameter(nbf, acrs))).toEqual({
    access_token: { ...CP1, nbf: { value: '1' }, acrs: { value: 'c1' } },
  })
})

it.each(['', '{', 'null', '[]', '"x"', `{"x":"${'y'.repeat(5000)}"}`])(
  'the claims parameter ignores %.10s',
  (garbage) => {
    expect(parseChallenge(garbage)).toBeUndefined()
    expect(JSON.parse(claimsParameter(garbage))).toEqual({ access_token: CP1 })
  },
)

it("a challenge can't change object prototypes", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const claims = JSON.parse(claimsParameter(text, '{"__proto__":{"polluted":true}}')) as Record<string, unknown>
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      expect(claims).toBeDefined()
    }),
  )
})
