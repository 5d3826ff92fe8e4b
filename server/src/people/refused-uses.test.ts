import { expect, it } from 'vitest'
import { createLog } from '../kernel/log.ts'
import { createTestClock } from '../../test/kit/index.ts'
import { createRefusedUses } from './refused-uses.ts'

const USE = {
  apiKeyId: 'k1',
  prefix: 'postkey_abc123',
  clientAddress: '192.0.2.1',
  code: 'people.api_key_network_refused',
} as const

it('logs a refused use of an API key once a day per key, reason and client, and a bounded number of them', () => {
  const clock = createTestClock()
  const lines: unknown[] = []
  const log = createLog({ destination: { write: (line) => lines.push(JSON.parse(line)) } })
  const note = createRefusedUses({ clock, log })
  note(USE)
  note(USE)
  expect(lines).toEqual([expect.objectContaining({ ...USE, level: 40 })])

  note({ ...USE, clientAddress: '192.0.2.2' })
  note({ ...USE, code: 'people.api_key_expired' })
  note({ ...USE, apiKeyId: 'k2' })
  expect(lines).toHaveLength(4)

  clock.advance(24 * 60 * 60 * 1000)
  for (let count = 0; count < 1100; count++) {
    note({ ...USE, apiKeyId: `k${count % 20}`, clientAddress: `2001:db8::${count.toString(16)}` })
  }
  expect(lines).toHaveLength(1004)
})

it('logs refused uses of other API keys while one key is refused everywhere, and of that key again a day later', () => {
  const clock = createTestClock()
  const lines: unknown[] = []
  const log = createLog({ destination: { write: (line) => lines.push(line) } })
  const note = createRefusedUses({ clock, log })
  const everywhere = () => {
    for (let count = 0; count < 200; count++) note({ ...USE, clientAddress: `2001:db8::${count.toString(16)}` })
  }
  everywhere()
  expect(lines).toHaveLength(100)
  expect(note({ ...USE, apiKeyId: 'k2' })).toBe(true)

  clock.advance(24 * 60 * 60 * 1000)
  everywhere()
  expect(lines).toHaveLength(201)
})
