import { defineFault } from '../fault.ts'

export const imapIdleSilent = defineFault({
  name: 'imap-idle-silent',
  title: 'IDLE sends no notifications',
  part: 'imap',
  what: 'The client receives no notifications during IDLE, although the connection seems to be open.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['changes in a folder during IDLE'],
  evidence: 'observed in networks that drop connections silently [T]',
  effects: {
    'imap.idle': () => 'silent',
  },
})
