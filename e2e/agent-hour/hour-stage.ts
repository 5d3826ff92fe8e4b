import { setTimeout as pause } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../browser.ts'
import { connectedSupport, joinAsAgent } from '../stage.ts'
import { SHARED, type Connected } from '../../proofs/walk/connect-support.ts'
import { createCustomer } from '../../proofs/walk/outside-customer.ts'
import { prepareCounting } from './server-cost.ts'
import { startPostkey, type StartedPostkey } from '../../proofs/walk/started-postkey.ts'

export interface HourStage {
  browser: Browser
  postkey: StartedPostkey
  connected: Connected
  /** Writes a message per conversation, the newest last, and waits until all are filed. */
  write(letters: readonly { customer: number; subject: string }[]): Promise<void>
  stop(): Promise<void>
}

/** Support's mailbox with an admin and an agent, without open conversations. */
export async function startHour(): Promise<HourStage> {
  const browser = await openBrowser()
  const first = await startPostkey({ logLevel: 'warn' })
  await prepareCounting(first.place)
  await first.stop()
  const postkey = await startPostkey({ logLevel: 'warn', place: first.place })
  const connected = await connectedSupport(postkey)
  const { client, ear } = connected
  await ear.next('the import', ({ kind, data }) => kind === 'email_account.state_changed' && data.to === 'connected')
  const { conversations } = await client.call<{ conversations: { id: string }[] }>(
    'GET',
    '/v1/conversations?view=open&limit=100',
  )
  for (const { id } of conversations) await client.call('POST', `/v1/conversations/${id}/close`)
  await joinAsAgent(browser, connected)
  const filed = new Set<string>()
  return {
    ...{ browser, postkey, connected },
    async write(letters) {
      for (const { customer, subject } of letters) {
        const { controlPanel } = postkey.sandbox
        const address = `customer${customer}@customer.example`
        const from = createCustomer(controlPanel, { name: `Customer ${customer}`, address, to: SHARED })
        await from.write({ subject, text: 'Good morning, can you tell me where my order is? Thank you.' })
        // Messages of one second are listed in the order of filing.
        await pause(1_100)
      }
      for (const { subject } of letters) {
        const event = await ear.next(subject, (each) => each.kind === 'message.received' && !filed.has(each.subject))
        filed.add(event.subject)
      }
    },
    stop: async () => {
      await browser.close()
      await postkey.stop()
      await postkey.forget()
    },
  }
}
