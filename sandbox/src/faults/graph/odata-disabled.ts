import { defineFault } from '../fault.ts'

export const odataDisabled = defineFault({
  name: 'odata-disabled',
  title: 'Blocked by an application access policy',
  part: 'graph',
  what: 'An application access policy of Exchange denies the application access to this mailbox.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['any call to the mailbox'],
  evidence: '§F.4 403, §D.6',
  effects: {
    'graph.mailbox': () => ({ status: 403, code: 'ErrorAccessDenied', message: 'Access to OData is disabled.' }),
  },
})
