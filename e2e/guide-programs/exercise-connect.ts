import { expect } from 'vitest'
import { createPostkeyClient } from '../../proofs/walk/postkey-client.ts'
import { signInAs } from '../../proofs/walk/microsoft-pages.ts'
import { createPerson, overHttp } from '../../sandbox/test/browser.ts'
import type { Guide } from './guide-pages.ts'
import type { GuideStage, LanguageStage } from './guide-stage.ts'

/** The owner opens the program, signs in at Microsoft and returns; a stranger with the same link does not. */
export async function connectAccount(stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const { client, providerId } = stage.connected
  const wanted = { name: `Shop ${of.language}`, scopes: ['connect'], emailAccountIds: 'all' }
  const { key } = await client.call<{ key: string }>('POST', '/v1/api-keys', wanted)
  const origin = `http://127.0.0.1:${of.port}`
  const returnUrl = `${origin}/connected`
  const entry = await client.call<{ secret: string }>('POST', '/v1/return-urls', { url: returnUrl, match: 'exact' })
  const env = { KEY: key, PROVIDER: providerId, RETURN_URL: returnUrl, RETURN_SECRET: entry.secret }
  const started = of.start(guide[of.language], env)
  await started.printed('Open ')

  const owner = createOwner(stage, of.language === 'sh' ? [] : [origin])
  await owner.open(started.output().replace('Open ', '').trim())
  const token = new URL(owner.url).hash.slice(1)
  const begun = await owner.client.call<{ url: string }>('POST', '/v1/connect-sessions/begin', { token })
  await owner.open(begun.url)
  const { controlPanel } = stage.postkey.sandbox
  await signInAs(owner, of.owner, { controlPanel, isThere: (url) => url.startsWith(returnUrl) })

  if (of.language === 'sh') {
    started.enter(owner.url)
    await started.ended()
  } else {
    expect([owner.status, owner.text]).toEqual([200, 'Your mailbox: completed'])
    const forged = owner.url.replace(/\.[\w-]+$/, `.${'A'.repeat(43)}`)
    const [stranger, forger] = [createOwner(stage, [origin]), createOwner(stage, [origin])]
    expect((await stranger.open(owner.url)).status).toBe(500)
    await forger.open(`${origin}/`)
    expect((await forger.open(forged)).status).toBe(500)
    // Reloading gives the same page, and the mailbox is not assigned again.
    expect((await owner.open(owner.url)).status).toBe(200)
    await started.stop()
  }
  const id = started
    .output()
    .trim()
    .replace(/^[^]*completed: /, '')
  expect(await of.call('GET', `/v1/email-accounts/${id}`)).toMatchObject({ key: of.accountKey, address: of.address })
  await stage.connected.ear.next(`${of.address} connected`, ({ kind, subject, data }) => {
    return kind === 'email_account.state_changed' && subject === id && data.to === 'connected'
  })
  return started.output()
}

/** A browser at Postkey, at Microsoft and at the program. */
function createOwner({ postkey }: GuideStage, origins: readonly string[]) {
  const client = createPostkeyClient(postkey.address)
  const others = overHttp([...Object.values(postkey.sandbox).map((url) => new URL(url).origin), ...origins])
  const person = createPerson((request) =>
    new URL(request.url).origin === postkey.address ? client.visit(request) : others(request),
  )
  return Object.defineProperty(person, 'client', { value: client }) as typeof person & { client: typeof client }
}
