import { defineFault } from '../fault.ts'

export const sendAnswerLost = defineFault({
  name: 'send-answer-lost',
  title: 'Response lost after sending',
  part: 'graph',
  what: 'Exchange accepts the message, and the connection closes before the response. Only the copy in Sent Items shows that it was sent.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {},
  reveals: ['send'],
  evidence: 'a network fault; the consequences follow from §F.2',
  effects: { 'graph.sent': () => ({ cut: true }) },
})
