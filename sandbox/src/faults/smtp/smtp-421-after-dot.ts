import { defineFault } from '../fault.ts'

const GOODBYE = '421 4.3.2 Service not available'

export const smtp421AfterDot = defineFault({
  name: 'smtp-421-after-dot',
  title: 'SMTP: goodbye in place of an answer',
  part: 'smtp',
  what: 'All of the message has come and the server says goodbye. Whether the message was taken is not said.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { message: { kind: 'choice', title: 'The message is', choices: ['lost', 'taken'], usual: 'taken' } },
  reveals: ['the end of DATA'],
  evidence: 'RFC 5321 section 3.8; the sentence [?]',
  effects: {
    'smtp.message': ({ message }) => (message === 'lost' ? { kind: 'reply', reply: GOODBYE } : undefined),
    'smtp.taken': ({ message }) => (message === 'taken' ? { kind: 'reply', reply: GOODBYE } : undefined),
  },
})
