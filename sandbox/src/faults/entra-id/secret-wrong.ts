import { defineFault } from '../fault.ts'

export const secretWrong = defineFault({
  name: 'secret-wrong',
  title: 'Client secret wrong',
  part: 'entra-id',
  what: 'The secret is not one of the registration’s: somebody removed it, or the secret’s id was entered instead of its value. A secret made afterwards is good.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 7000215 [O]',
  sparesNewer: true,
  effects: {
    'entra.credential': (_values, { subject }) => (subject.proof === 'secret' ? { code: 7000215 } : undefined),
  },
})
