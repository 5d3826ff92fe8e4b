import { defineFault } from '../fault.ts'

export const graphClockSkew = defineFault({
  name: 'graph-clock-skew',
  title: 'Clock of Graph differs',
  part: 'graph',
  what: 'The Date header of the answers is off from the real time: ours is wrong, or theirs is.',
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
  reveals: ['Date header of any answer'],
  evidence: 'a fault of clocks and not of Microsoft’s; §C.2 500133 follows from it, and 700024 [?]',
  effects: { 'graph.date': ({ aheadSeconds }) => ({ aheadMs: aheadSeconds * 1000 }) },
})
