import { expect, it } from 'vitest'
import { besideEarlier, readEarlier } from './compare.ts'

const EARLIER = `{"part":"reading","name":"list","value":8,"unit":"ms"}
{"measure":"seed","messages":2000}
reading: filling
{"part":"idle","name":"list","value":0,"unit":"ms"}
`

it('a figure has the earlier value of its part and name beside it, and the ratio', () => {
  const earlier = readEarlier(EARLIER)
  expect(besideEarlier({ part: 'reading', name: 'list', value: 4 }, earlier)).toEqual({
    ...{ part: 'reading', name: 'list', value: 4, earlier: 8, ratioToEarlier: 0.5 },
  })
  expect(besideEarlier({ part: 'idle', name: 'list', value: 4 }, earlier)).toEqual({
    ...{ part: 'idle', name: 'list', value: 4, earlier: 0 },
  })
})

it('a figure that the earlier run does not have stays alone', () => {
  const line = { part: 'graph', name: 'list', value: 4 }
  expect(besideEarlier(line, readEarlier(EARLIER))).toEqual(line)
})
