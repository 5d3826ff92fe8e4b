import { defineFault } from '../fault.ts'

export const sentCopyLate = defineFault({
  name: 'sent-copy-late',
  title: 'Sent copy comes late',
  part: 'graph',
  what: 'A message is sent at once, and its copy appears in Sent Items much later.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {
    seconds: { kind: 'number', title: 'Seconds', least: 1, most: 86_400, usual: 600 },
  },
  reveals: ['send, and Sent Items afterwards'],
  evidence: '§F.2 “perhaps a little late” [D], §F.3',
  effects: { 'graph.sent': ({ seconds }) => ({ copyDelayMs: seconds * 1000 }) },
})
