import { defineFault } from '../fault.ts'

export const sendAnswerLost = defineFault({
  name: 'send-answer-lost',
  title: 'Sent, and the answer lost',
  part: 'graph',
  what: 'Exchange took the message and the connection broke before the answer: only the copy tells that it was sent.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {},
  reveals: ['send'],
  evidence: 'a fault of networks; what follows rests on §F.2',
  effects: { 'graph.sent': () => ({ cut: true }) },
})
