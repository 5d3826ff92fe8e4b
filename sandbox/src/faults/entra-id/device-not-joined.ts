import { defineFault, POLICY_CLAIMS } from '../fault.ts'

export const deviceNotJoined = defineFault({
  name: 'device-not-joined',
  title: 'Device not joined',
  part: 'entra-id',
  what: 'Conditional Access wants a device that is joined to the domain, which a server of ours is not.',
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
