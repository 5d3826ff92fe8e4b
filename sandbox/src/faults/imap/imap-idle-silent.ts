import { defineFault } from '../fault.ts'

export const imapIdleSilent = defineFault({
  name: 'imap-idle-silent',
  title: 'IDLE goes silent',
  part: 'imap',
  what: 'The client waits for news and hears of none, while the connection seems to stand.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['news of a folder that a client waits on'],
  evidence: 'observed in networks that forget connections [T]',
  effects: {
    'imap.idle': () => 'silent',
  },
})
