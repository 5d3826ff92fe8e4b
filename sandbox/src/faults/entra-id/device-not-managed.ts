import { defineFault } from '../fault.ts'

export const deviceNotManaged = defineFault({
  name: 'device-not-managed',
  title: 'Device not managed',
  part: 'entra-id',
  what: 'A policy of the tenant requires a managed device.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 530003',
  effects: { 'entra.policy': () => ({ code: 530003, onPage: true }) },
})
