import { expect, it } from 'vitest'
import { ANONYMOUS, type PersonCaller } from './caller.ts'
import { keysOnly, permitRole } from './permit.ts'

it('a route for keys refuses people, even if one was authenticated', () => {
  const admin = { kind: 'person', person: { role: 'admin' }, session: { isFresh: true } } as PersonCaller
  for (const caller of [admin, ANONYMOUS]) {
    expect(() => permitRole({ permit: keysOnly }, caller)).toThrow(
      expect.objectContaining({ code: 'http.not_signed_in' }),
    )
  }
})
