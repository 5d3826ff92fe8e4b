import { defineFault } from '../fault.ts'

export const redirectUriMismatch = defineFault({
  name: 'redirect-uri-mismatch',
  title: 'Redirect URI not registered',
  part: 'entra-id',
  what: 'The redirect URI of the request is missing from the app registration, or was removed from it.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['authorize (page)'],
  evidence: '§C.2 50011',
  effects: { 'entra.redirect-uri': () => ({ code: 50011 }) },
})
