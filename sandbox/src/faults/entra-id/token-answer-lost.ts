import { defineFault } from '../fault.ts'

export const tokenAnswerLost = defineFault({
  name: 'token-answer-lost',
  title: 'Token answer lost on the way',
  part: 'entra-id',
  what: 'Entra ID issued tokens and the connection broke before the answer arrived: the client has nothing, and the server has done it. With strict rotation the old refresh token is used up.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token'],
  evidence: 'a fault of networks; what follows rests on §B.4',
  effects: { 'entra.answer': () => 'cut' },
})
