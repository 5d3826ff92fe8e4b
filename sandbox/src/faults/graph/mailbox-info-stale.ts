import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const mailboxInfoStale = defineFault({
  name: 'mailbox-info-stale',
  title: 'Mailbox moved',
  part: 'graph',
  what: 'Exchange moved the mailbox to another server. The front end still uses the old location.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: '§F.4 5xx; status and message text [?]',
  effects: {
    'graph.request': ({ calls }, { subject }) =>
      isMeant(calls, subject)
        ? { status: 503, code: 'MailboxInfoStale', message: 'Mailbox info is stale.' }
        : undefined,
  },
})
