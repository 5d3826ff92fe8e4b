import { defineFault } from '../fault.ts'

export const secretWrong = defineFault({
  name: 'secret-wrong',
  title: 'Client secret invalid',
  part: 'entra-id',
  what: 'The client secret does not match the app registration. The secret was removed, or the secret’s ID was entered instead of its value. A secret created after the fault was switched on is valid.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 7000215 [O]',
  sparesNewer: true,
  effects: {
    'entra.credential': (_values, { subject }) => (subject.proof === 'secret' ? { code: 7000215 } : undefined),
  },
})
