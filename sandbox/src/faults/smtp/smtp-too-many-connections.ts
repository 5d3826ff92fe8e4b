import { defineFault } from '../fault.ts'

const TOO_MANY =
  '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname=FR0P281CA0123.outlook.office365.com]'
const SENDER_THREADS = '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded'

export const smtpTooManyConnections = defineFault({
  name: 'smtp-too-many-connections',
  title: 'SMTP: too many connections',
  part: 'smtp',
  what: 'The mailbox has reached its connection limit, counting connections of all programs.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { at: { kind: 'choice', title: 'Refused at', choices: ['AUTH', 'end of DATA'], usual: 'AUTH' } },
  reveals: ['AUTH or the end of DATA'],
  evidence: '§E.6 432 4.3.2, §E.8 [D]',
  effects: {
    'smtp.sign-in': ({ at }) => (at === 'AUTH' ? { kind: 'reply', reply: TOO_MANY } : undefined),
    'smtp.message': ({ at }) => (at === 'AUTH' ? undefined : { kind: 'reply', reply: SENDER_THREADS }),
  },
})
