import { defineFault } from '../fault.ts'

export const tokenAnswerLost = defineFault({
  name: 'token-answer-lost',
  title: 'Token response lost',
  part: 'entra-id',
  what: 'Entra ID issues tokens, and the connection closes before the response arrives. The client receives no tokens. With strict rotation, the old refresh token is already used.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token'],
  evidence: 'a network fault; the consequences follow from §B.4',
  effects: { 'entra.answer': () => 'cut' },
})
