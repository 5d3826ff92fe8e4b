import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deflateSync, crc32 } from 'node:zlib'
import { jwtVerify } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN, type Connected } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { DESKTOP, openBrowser, openPage, screenComplaints } from './browser.ts'
import { signInAtMicrosoft } from './microsoft.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { connectedSupport } from './stage.ts'

const BEN = 'ben@contoso.example'
/** Signs in without a code: codes are valid once, and the setup may have just used that of another user. */
const SOFIA = 'slind@contoso.example'

interface Session {
  id: string
  url: string
  status: string
  emailAccountId?: string
}

/** A program lets the owner of a mailbox connect it. Each test continues where the one before ended. */
describe('a connect session in a browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let connected: Connected
  let page: Page
  let owner: Page
  let secret: string
  let program: (method: string, path: string, body?: object) => Promise<Session>
  let session: Session
  const shop = createServer((_request, response) => response.end('<h1>Back in the shop</h1>'))
  const shopUrl = () => `http://127.0.0.1:${(shop.address() as AddressInfo).port}/connected`

  beforeAll(async () => {
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
    connected = await connectedSupport(postkey)
    page = await openPage(browser)
    await page.goto(`${postkey.address}/settings`)
    await page.getByLabel('Email address').fill(ADMIN.email)
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(ADMIN.password)
    await page.keyboard.press('Enter')
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    connected.ear.close()
    await postkey.stop()
    await postkey.forget()
    shop.closeAllConnections()
    shop.close()
  })

  it('needs a return URL, which an admin adds by keyboard, with a secret that is shown once', async () => {
    const section = page.getByRole('region', { name: 'Return URLs', exact: true })
    await section.getByText('No return URLs. Connect sessions end on a page of Postkey.').waitFor()
    await section.getByRole('button', { name: 'Add return URL' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Address' }).fill('http://shop.example/')
    await page.keyboard.press('Enter')
    await dialog.getByText('The return URL is invalid').first().waitFor()
    await dialog.getByRole('textbox', { name: 'Address' }).fill(shopUrl())
    expect(await screenComplaints(page, 'return-url-new', { fullPage: false })).toEqual([])
    await page.setViewportSize(DESKTOP)
    await dialog.getByRole('textbox', { name: 'Address' }).press('Enter')
    secret = (await dialog.getByText(/^rsec_/).textContent()) ?? ''
    await dialog.getByRole('button', { name: 'Done' }).press('Enter')
    await section.getByText(shopUrl()).waitFor()
    await section.getByText('Only this address').waitFor()
    expect(await page.getByText(/rsec_/).count()).toBe(0)

    const first = secret
    await section.getByRole('button', { name: `New secret for ${shopUrl()}` }).press('Enter')
    const renewed = page.getByRole('dialog', { name: 'New secret' })
    await renewed.getByText('For a day, results are signed with the old secret, too.').waitFor()
    secret = (await renewed.getByText(/^rsec_/).textContent()) ?? ''
    expect(secret).not.toBe(first)
    await renewed.getByRole('button', { name: 'Done' }).press('Enter')
    await section.getByText('old secret valid until').waitFor()
    await section.scrollIntoViewIfNeeded()
    expect(await screenComplaints(page, 'return-urls', { fullPage: false })).toEqual([])
  })

  it('shows the owner who asks for which mailbox, and for what', async () => {
    const { key } = await connected.client.call<{ key: string }>('POST', '/v1/api-keys', {
      ...{ name: 'Shop', scopes: ['connect'], emailAccountIds: 'all' },
    })
    program = async (method, path, body) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const answer = await fetch(`${postkey.address}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      })
      expect(answer.ok, `${method} ${path}: ${await answer.clone().text()}`).toBe(true)
      return (await answer.json()) as Session
    }
    session = await program('POST', '/v1/connect-sessions', {
      ...{ cloudProviderId: connected.providerId, displayName: 'Kettle Shop', requestedAddress: BEN },
      ...{ returnUrl: shopUrl(), state: 'order-4711', logo: createLogo().toString('base64') },
    })
    owner = await openPage(browser)
    await owner.goto(session.url)
    await owner.getByRole('heading', { name: `Connect ${BEN}` }).waitFor()
    await owner.getByText('Kettle Shop asks for access').waitFor()
    await owner.getByText('Mail.Send', { exact: true }).waitFor()
    expect(owner.url()).toBe(`${postkey.address}/connect`)
    expect(
      await owner.locator('img').evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBe(64)
    expect(await screenComplaints(owner, 'connect-session')).toEqual([])
    await owner.setViewportSize(DESKTOP)
  })

  it('lets the owner leave, and come back', async () => {
    await owner.getByRole('button', { name: 'Back to Kettle Shop' }).press('Enter')
    await owner.getByRole('heading', { name: 'Back in the shop' }).waitFor()
    expect(await readResult()).toMatchObject({ sub: session.id, status: 'open', state: 'order-4711' })
    await owner.goBack()
    await owner.getByRole('heading', { name: `Connect ${BEN}` }).waitFor()
  })

  it('names the mistake after a sign-in with the wrong account, and connects the mailbox with the right one', async () => {
    await owner.getByRole('button', { name: 'Sign in at Microsoft' }).press('Enter')
    await signInAtMicrosoft(owner, SOFIA)
    await owner.getByRole('heading', { name: 'The account that signed in can’t open the mailbox' }).waitFor()
    await owner.getByRole('link', { name: 'Back to Kettle Shop' }).waitFor()
    expect(await program('GET', `/v1/connect-sessions/${session.id}`)).toMatchObject({
      ...{ status: 'failed', reason: { code: 'tokens.mailbox_not_opened' } },
    })
    expect(await screenComplaints(owner, 'connect-session-failed')).toEqual([])
    await owner.setViewportSize(DESKTOP)

    await owner.getByRole('link', { name: 'Sign in with another account' }).press('Enter')
    await signInAtMicrosoft(owner, BEN)
    await owner.getByRole('heading', { name: 'Back in the shop' }).waitFor()
    const now = await program('GET', `/v1/connect-sessions/${session.id}`)
    expect(now).toMatchObject({ status: 'completed', userName: BEN })
    expect(await readResult()).toMatchObject({
      sub: session.id,
      status: 'completed',
      emailAccountId: now.emailAccountId,
    })
    await page.goto(`${postkey.address}/email-accounts/${now.emailAccountId!}`)
    await page.getByRole('heading', { name: BEN }).waitFor()
  })

  it('works once', async () => {
    await owner.goto(session.url)
    await owner.getByText('This link is no longer valid').waitFor()
    expect(await owner.getByRole('button', { name: 'Sign in at Microsoft' }).count()).toBe(0)
  })

  it('has no way back once the return URL is removed', async () => {
    session = await program('POST', '/v1/connect-sessions', {
      ...{ cloudProviderId: connected.providerId, displayName: 'Kettle Shop', returnUrl: shopUrl() },
    })
    await owner.goto(session.url)
    await owner.reload()
    const back = owner.getByRole('button', { name: 'Back to Kettle Shop' })
    await back.waitFor()
    await page.goto(`${postkey.address}/settings`)
    const section = page.getByRole('region', { name: 'Return URLs', exact: true })
    await section.getByRole('button', { name: /^Remove/ }).press('Enter')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/ })
      .press('Enter')
    await section.getByText('No return URLs. Connect sessions end on a page of Postkey.').waitFor()
    await back.press('Enter')
    await owner.getByText('Postkey can no longer take you back to Kettle Shop.').waitFor()
    await back.waitFor({ state: 'detached' })
    expect(await owner.getByText('Then back to').count()).toBe(0)
    expect(await screenComplaints(owner, 'connect-session-without-return')).toEqual([])
  })

  async function readResult(): Promise<object> {
    const url = new URL(owner.url())
    expect(`${url.origin}${url.pathname}`).toBe(shopUrl())
    const { payload } = await jwtVerify(url.searchParams.get('postkey_result') ?? '', Buffer.from(secret), {
      ...{ algorithms: ['HS256'], audience: url.origin, issuer: postkey.address },
      currentDate: new Date(await sandboxTime()),
    })
    return payload
  }

  async function sandboxTime(): Promise<string> {
    const { headers } = await fetch(`${postkey.address}/healthz`)
    return headers.get('date') ?? ''
  }
})

/** A teal square of 64 × 64 pixels. */
function createLogo(): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(64)
  header.writeUInt32BE(64, 4)
  header.set([8, 2], 8)
  const line = Buffer.from([0, ...Array.from({ length: 64 }, () => [11, 114, 133]).flat()])
  const parts = {
    IHDR: header,
    IDAT: deflateSync(Buffer.concat(Array.from({ length: 64 }, () => line))),
    IEND: Buffer.alloc(0),
  }
  const chunks = Object.entries(parts).map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const numbers = Buffer.alloc(8)
    numbers.writeUInt32BE(data.length)
    numbers.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)])
  })
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks])
}
