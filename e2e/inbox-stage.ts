/** Start of tests with one signed-in user: Kim's messages are in the inbox, which is open. */
import type { Browser, Locator, Page } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { connectedSupport, openSignedIn } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { SHARED } from '../proofs/walk/connect-support.ts'
import type { Customer } from '../proofs/walk/outside-customer.ts'
import { createPolledCustomer } from './customer.ts'
import type { PostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

export interface InboxStage {
  browser: Browser
  postkey: StartedPostkey
  client: PostkeyClient
  kim: Customer
  page: Page
  /** A conversation in the list. */
  row: (name: string | RegExp) => Locator
  /** Errors of the page. */
  complaints: string[]
  stop(): Promise<void>
}

/** Starts Postkey with one message per subject. */
export async function startInbox(subjects: readonly string[]): Promise<InboxStage> {
  const browser = await openBrowser()
  const postkey = await startOnSharedPostgres({ record: 'bodies', logLevel: 'info' })
  const { client } = await connectedSupport(postkey)
  const kim = createPolledCustomer(postkey, { name: 'Kim', address: 'kim@customer.example', to: SHARED })
  for (const subject of subjects) await kim.write({ subject, text: 'Can you help me?' })
  const page = await openSignedIn(browser, postkey)
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  await page.goto(`${postkey.address}/inbox`)
  const row = (name: string | RegExp) => page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name })
  for (const subject of subjects) await row(subject).waitFor()
  return {
    ...{ browser, postkey, client, kim, page, row, complaints },
    stop: async () => {
      await browser.close()
      await postkey.stop()
      await postkey.forget()
    },
  }
}
