import { defineFault } from '../fault.ts'

export const entraClockSkew = defineFault({
  name: 'entra-clock-skew',
  title: 'Clock skew of Entra ID',
  part: 'entra-id',
  what: 'The Date header of each response differs from the real time. Either the client’s clock or Microsoft’s clock is wrong.',
  scopes: [],
  options: {
    aheadSeconds: {
      kind: 'number',
      title: 'Seconds ahead (negative: behind)',
      least: -86_400,
      most: 86_400,
      usual: 600,
    },
  },
  reveals: ['Date header of any response'],
  evidence: 'a clock fault, not a Microsoft fault; it leads to §C.2 500133, and to 700024 [?]',
  effects: { 'entra.date': ({ aheadSeconds }) => ({ aheadMs: aheadSeconds * 1000 }) },
})
