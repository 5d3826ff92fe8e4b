import { defineFault } from '../fault.ts'

const GOODBYE = '421 4.3.2 Service not available'

export const smtp421AfterDot = defineFault({
  name: 'smtp-421-after-dot',
  title: 'SMTP: 421 instead of the reply to a message',
  part: 'smtp',
  what: 'The server receives the complete message and closes with 421. The reply does not say whether the server accepted the message.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { message: { kind: 'choice', title: 'Message', choices: ['lost', 'taken'], usual: 'taken' } },
  reveals: ['the end of DATA'],
  evidence: 'RFC 5321 section 3.8; message text [?]',
  effects: {
    'smtp.message': ({ message }) => (message === 'lost' ? { kind: 'reply', reply: GOODBYE } : undefined),
    'smtp.taken': ({ message }) => (message === 'taken' ? { kind: 'reply', reply: GOODBYE } : undefined),
  },
})
