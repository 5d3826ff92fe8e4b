import { defineFault } from '../fault.ts'

export const entraUnavailable = defineFault({
  name: 'entra-unavailable',
  title: 'Entra ID unavailable',
  part: 'entra-id',
  what: 'Microsoft’s directory or token service fails temporarily. Entra ID responds with a 5xx status and an AADSTS error. The error is transient.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    code: {
      kind: 'choice',
      title: 'AADSTS code',
      choices: ['90033', '50033', '90024', '90006', '90012'],
      usual: '90033',
    },
    status: { kind: 'choice', title: 'HTTP status', choices: ['503', '500', '502', '504'], usual: '503' },
  },
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 90033, 90024, 90006, 90012, 50033 [?]',
  effects: {
    'entra.request': ({ code, status }) => ({ code: Number(code), instead: { status: Number(status) } }),
  },
})
