import { defineFault } from '../fault.ts'

export const strictRotation = defineFault({
  name: 'strict-rotation',
  title: 'Strict rotation of refresh tokens',
  part: 'entra-id',
  what: 'A refresh token is good once. Used a second time it counts as stolen, and the whole line of tokens that came of the sign-in ends. Microsoft is lenient today: there the old token stays good (§B.4). Other servers are strict, and nobody promises that Microsoft stays as it is.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token), when one is used again'],
  evidence: 'RFC 9700 §4.14.2; not Microsoft’s behavior, see §B.4 [D]',
  effects: { 'entra.rotation': () => 'strict' },
})
