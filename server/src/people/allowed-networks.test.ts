import { expect, it } from 'vitest'
import { expectedNetwork } from './allowed-networks.ts'

it.each([
  ['10.1.2.3/8', '10.0.0.0/8, or 10.1.2.3 for one address'],
  ['203.0.113.17/28', '203.0.113.16/28, or 203.0.113.17 for one address'],
  ['2001:db8:1::1/32', '2001:db8::/32, or 2001:db8:1::1 for one address'],
  ['::ffff:10.1.2.3/104', '::ffff:a00:0/104, or ::ffff:10.1.2.3 for one address'],
  ['0.0.0.0/0', 'a smaller network, or no network to allow all'],
  ['::/0', 'a smaller network, or no network to allow all'],
  ['10.0.0', 'an address or a network, such as 203.0.113.7 or 10.0.0.0/8'],
])('the allowed network %s is refused: expected is %s', (entry, expected) => {
  expect(expectedNetwork(entry)).toBe(expected)
})

it.each(['10.0.0.0/8', '203.0.113.7', '203.0.113.7/32', '2001:DB8::/32', '2001:db8::1', '::1/128', 'fd00::/8'])(
  'the allowed network %s is accepted',
  (entry) => {
    expect(expectedNetwork(entry)).toBeUndefined()
  },
)
