/** A customer whose letters are received at once: the clock is moved to the next poll of the mailbox. */
import { createCustomer, type Customer } from '../proofs/walk/outside-customer.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { moveClock } from './stage.ts'

/** Longest interval between two polls of a mailbox, in milliseconds. */
const POLL_MS = 16_000

export function createPolledCustomer(
  postkey: Pick<StartedPostkey, 'sandbox'>,
  identity: { name: string; address: string; to: string },
): Customer {
  const customer = createCustomer(postkey.sandbox.controlPanel, identity)
  return {
    ...customer,
    async write(letter) {
      const messageId = await customer.write(letter)
      await moveClock(postkey, POLL_MS)
      return messageId
    },
  }
}
