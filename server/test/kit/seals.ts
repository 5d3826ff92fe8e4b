import { randomBytes } from 'node:crypto'
import { createSeals } from '../../src/cloud-providers/index.ts'
import { createKeyRing, type KeyRing } from '../../src/kernel/key-ring.ts'

/** A key ring of tests that store nothing with it. */
export const testKeyRing = (): KeyRing => createKeyRing([{ id: 'test', key: randomBytes(32) }], 'test')

/** Seals of rooms that do not import `cloud-providers`. Tables that name the key need its row in `encryption_keys`. */
export function testSeals(keyRing: KeyRing = testKeyRing()) {
  return createSeals(keyRing)
}
