import { defineFault, POLICY_CLAIMS } from '../fault.ts'

export const deviceNotJoined = defineFault({
  name: 'device-not-joined',
  title: 'Device not domain joined',
  part: 'entra-id',
  what: 'Conditional Access requires a domain-joined device. The server of the application is not joined to the domain.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 53001 [?]',
  effects: {
    'entra.policy': () => ({
      code: 53001,
      values: { state: 'not domain joined' },
      claims: POLICY_CLAIMS,
      onPage: true,
    }),
  },
})
