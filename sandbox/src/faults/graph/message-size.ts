import { defineFault } from '../fault.ts'

export const messageSize = defineFault({
  name: 'message-size',
  title: 'Message size limit lowered',
  part: 'graph',
  what: 'An admin lowered the maximum message size of the mailbox.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {
    bytes: { kind: 'number', title: 'Maximum size in bytes', least: 0, most: 157_286_400, usual: 1_048_576 },
  },
  reveals: ['send'],
  evidence: '§F.4 413 ErrorMessageSizeExceeded, §E.8',
  effects: {
    'graph.send': ({ bytes }, { subject }) =>
      (subject.sizeBytes ?? 0) <= bytes
        ? undefined
        : {
            status: 413,
            code: 'ErrorMessageSizeExceeded',
            message: 'The message exceeds the maximum supported size.',
          },
  },
})
