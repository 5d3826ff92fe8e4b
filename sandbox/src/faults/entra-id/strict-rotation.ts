import { defineFault } from '../fault.ts'

export const strictRotation = defineFault({
  name: 'strict-rotation',
  title: 'Strict refresh token rotation',
  part: 'entra-id',
  what: 'A refresh token can be used once. A second use counts as theft and revokes all tokens of that sign-in. Microsoft is more lenient today: an old refresh token remains valid (§B.4). Other servers are strict, and Microsoft can change its behavior.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token), when a refresh token is reused'],
  evidence: 'RFC 9700 §4.14.2; not Microsoft’s behavior, see §B.4 [D]',
  effects: { 'entra.rotation': () => 'strict' },
})
