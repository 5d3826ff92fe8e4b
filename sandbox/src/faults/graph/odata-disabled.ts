import { defineFault } from '../fault.ts'

export const odataDisabled = defineFault({
  name: 'odata-disabled',
  title: 'Application access policy',
  part: 'graph',
  what: 'An application access policy of Exchange shuts the application out of this mailbox.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['any call to the mailbox'],
  evidence: '§F.4 403, §D.6',
  effects: {
    'graph.mailbox': () => ({ status: 403, code: 'ErrorAccessDenied', message: 'Access to OData is disabled.' }),
  },
})
