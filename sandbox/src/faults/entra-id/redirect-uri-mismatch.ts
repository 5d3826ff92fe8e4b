import { defineFault } from '../fault.ts'

export const redirectUriMismatch = defineFault({
  name: 'redirect-uri-mismatch',
  title: 'Redirect URI not registered',
  part: 'entra-id',
  what: 'The redirect URI of the application is not (any more) among the registered ones.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['authorize (page)'],
  evidence: '§C.2 50011',
  effects: { 'entra.redirect-uri': () => ({ code: 50011 }) },
})
