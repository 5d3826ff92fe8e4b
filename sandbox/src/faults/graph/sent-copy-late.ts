import { defineFault } from '../fault.ts'

export const sentCopyLate = defineFault({
  name: 'sent-copy-late',
  title: 'Sent copy delayed',
  part: 'graph',
  what: 'Exchange sends the message at once. The copy appears in Sent Items much later.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {
    seconds: { kind: 'number', title: 'Delay in seconds', least: 1, most: 86_400, usual: 600 },
  },
  reveals: ['send, and Sent Items afterwards'],
  evidence: '§F.2 “perhaps a little late” [D], §F.3',
  effects: { 'graph.sent': ({ seconds }) => ({ copyDelayMs: seconds * 1000 }) },
})
