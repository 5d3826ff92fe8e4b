/** From nothing to an answered customer: the steps A to D by API and forms, then mail in, out and in again. */
import { createPerson, overHttp } from '../../sandbox/src/test-kit/browser.ts'
import { allowUserConsent, registerApplication, signInAs, type RegistrationOrder } from './microsoft-pages.ts'
import { createCustomer } from './outside-customer.ts'
import { createPostkeyClient } from './postkey-client.ts'
import { readSentItems } from './sent-items.ts'
import { startPostkey, type StartedPostkey } from './started-postkey.ts'

export type Mode = 'admin-consent' | 'user-consent'

export interface WalkResult {
  ok: true
  mode: Mode
  steps: { name: string; ms: number }[]
  /** From when the customer wrote until Postkey told that the mail is there. */
  receivedAfterMs: number
  /** From when the answer was submitted until it lay in the customer's mailbox. */
  repliedAfterMs: number
}

/** The step at which the walk ended, and why. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly step: string

  constructor(step: string, cause: unknown, log: string) {
    super(`${cause instanceof Error ? cause.message : String(cause)}${log && `\n${log}`}`, { cause })
    this.step = step
  }
}

const SHARED = 'support@contoso.example'
const CUSTOMER = 'kim@customer.example'
const ADMIN = { name: 'Olga', email: 'olga@contoso.example', password: 'a walk through the woods' }

interface Conversation {
  conversation: { id: string; messageCount: number }
  messages: { id: string; direction: 'in' | 'out'; subject: string; messageId?: string; from?: { address: string } }[]
  submissions: { id: string; state: string }[]
}

export async function walk(mode: Mode, say: (line: string) => void): Promise<WalkResult> {
  const steps: { name: string; ms: number }[] = []
  let current = 'start'
  let postkey: StartedPostkey | undefined

  async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
    current = name
    const began = performance.now()
    const result = await work()
    const ms = Math.round(performance.now() - began)
    steps.push({ name, ms })
    say(`${mode}: ${name} (${ms} ms)`)
    return result
  }

  try {
    postkey = await step('start', startPostkey)
    const started = postkey
    const { address, firstAdminLink, sandbox } = started
    const client = createPostkeyClient(address)
    const redirectUri = `${address}/oauth/callback`
    const reachMicrosoft = overHttp(Object.values(sandbox).map((url) => new URL(url).origin))
    /** One browser for Postkey and Microsoft, as people have it. */
    const browser = createPerson((request) =>
      new URL(request.url).origin === address ? client.visit(request) : reachMicrosoft(request),
    )
    const isBack = (url: string) => url.startsWith(redirectUri)

    await step('first admin', async () => {
      const token = new URL(firstAdminLink).hash.slice(1)
      const link = await client.call<{ kind: string }>('POST', '/v1/links/look', { token })
      expectThat(link.kind === 'first-admin', 'the printed link is for the first admin', link)
      await client.call('POST', '/v1/links/accept', { token, ...ADMIN })
    })
    await step('session', async () => {
      await client.call('DELETE', '/v1/session')
      await client.call('POST', '/v1/session', { email: ADMIN.email, password: ADMIN.password })
      const who = await client.call<{ role: string }>('GET', '/v1/session')
      expectThat(who.role === 'admin', 'an admin is signed in', who)
    })
    const ear = await client.listen()

    const order = await step('work order', async () => {
      const wish = {
        cloud: 'sandbox',
        accountTypes: 'single-tenant',
        receives: 'graph',
        sends: 'graph',
        kinds: ['shared'],
      }
      const drawn = await client.call<RegistrationOrder>('POST', '/v1/work-orders/draw', wish)
      expectThat(drawn.redirectUri === redirectUri, 'the redirect URI is that of the address', drawn.redirectUri)
      return drawn
    })
    const registration = await step('app registration', async () => {
      const portal = createPerson(reachMicrosoft)
      await portal.open(sandbox.portal)
      const isThere = (url: string) => url.startsWith(sandbox.portal)
      await signInAs(portal, 'ada@contoso.example', { desk: sandbox.desk, isThere })
      if (mode === 'user-consent') await allowUserConsent(portal, sandbox.portal)
      return registerApplication(portal, sandbox.portal, order)
    })
    const provider = await step('cloud provider', () =>
      client.call<{ id: string }>('POST', '/v1/cloud-providers', {
        ...{ name: 'Contoso', cloud: 'sandbox', accountTypes: 'single-tenant', contact: ADMIN.email },
        ...{ tenantId: registration.tenantId, clientId: registration.clientId },
        credential: { kind: 'secret', secret: registration.secret },
      }),
    )
    await step('check', async () => {
      const path = `/v1/cloud-providers/${provider.id}/check`
      const { lines } = await client.call<{ lines: { what: string; outcome: string }[] }>('POST', path)
      expectThat(lines.length > 0 && lines.every(({ outcome }) => outcome !== 'wrong'), 'nothing is wrong', lines)
    })

    const begin = async (kind: 'sign-in' | 'admin-consent') => {
      const wanted = { cloudProviderId: provider.id, kind, wantedAddress: SHARED }
      await browser.open((await client.call<{ url: string }>('POST', '/v1/authorizations', wanted)).url)
    }
    if (mode === 'admin-consent') {
      await step('admin consent', async () => {
        await begin('admin-consent')
        await signInAs(browser, 'ada@contoso.example', { desk: sandbox.desk, isThere: isBack })
        expectThat(browser.status === 200, 'the consent came back', browser.text)
      })
      await step('go on to the sign-in', async () => {
        await browser.follow('Go on to the sign-in')
      })
    } else {
      await step('begin the sign-in', () => begin('sign-in'))
    }
    const grant = await step('authenticate', async () => {
      await signInAs(browser, 'anna@contoso.example', { desk: sandbox.desk, isThere: isBack })
      expectThat(browser.status === 200, 'the sign-in came back', browser.text)
      const grants = await listGrants(client)
      const [first] = grants
      if (!first || grants.length > 1) throw new Error(`there is one grant: ${JSON.stringify(grants)}`)
      expectThat(first.userName === 'anna@contoso.example', 'Anna signed in', first)
      return first
    })

    const wantedMail = { address: SHARED, kind: 'shared', grantId: grant.id }
    await step('preflight', async () => {
      type Lights = { lights: { what: string; outcome: string }[] }
      const { lights } = await client.call<Lights>('POST', '/v1/email-accounts/preflight', wantedMail)
      expectThat(lights.length > 0 && lights.every(({ outcome }) => outcome !== 'wrong'), 'no light is red', lights)
    })
    const account = await step('associate', () =>
      client.call<{ id: string }>('POST', '/v1/email-accounts', {
        ...{ ...wantedMail, name: 'Contoso Support', key: 'SUP', contact: ADMIN.email },
      }),
    )
    await step('import', () =>
      ear.next(
        'connected',
        (event) => event.kind === 'email_account.state_changed' && event.payload.to === 'connected',
      ),
    )

    const customer = createCustomer(sandbox.desk, { name: 'Kim', address: CUSTOMER, to: SHARED })
    const question = { subject: `Walk ${mode}: where is my kettle?`, text: 'I ordered it a week ago.' }
    const wrote = performance.now()
    const questionId = await step('customer writes', () => customer.write(question))
    const conversationId = await step('receive', async () => {
      const event = await ear.next(
        'the question',
        ({ kind, emailAccountId }) => kind === 'message.received' && emailAccountId === account.id,
      )
      return String(event.payload.conversationId)
    })
    const receivedAfterMs = Math.round(performance.now() - wrote)
    const path = `/v1/conversations/${conversationId}`
    await step('read', async () => {
      const { messages } = await client.call<Conversation>('GET', path)
      const [first] = messages
      expectThat(messages.length === 1 && first?.messageId === questionId, 'it is the question', messages)
      const body = await readBody(client, first!.id)
      expectThat(body.includes(question.text), 'its text can be read', body)
    })

    const replied = performance.now()
    const submission = await step('reply', () =>
      client.call<{ id: string; state: string }>(
        'POST',
        '/v1/submissions',
        {
          ...{ emailAccountId: account.id, conversationId, to: [{ name: 'Kim', address: CUSTOMER }], cc: [], bcc: [] },
          ...{ subject: `Re: ${question.subject}`, text: 'It is on its way.' },
        },
        new Headers({ 'idempotency-key': `walk-${mode}` }),
      ),
    )
    const answer = await step('answer arrives', () => customer.read())
    const repliedAfterMs = Math.round(performance.now() - replied)
    await step('threading', async () => {
      expectThat(answer.subject === `Re: ${question.subject}`, 'it is the answer', answer)
      expectThat(answer.inReplyTo.includes(questionId), 'In-Reply-To names the question', answer)
      expectThat(answer.references.includes(questionId), 'References name the question', answer)
      expectThat((await customer.unread()) === 0, 'the customer got it once', answer)
    })
    await step('sent', async () => {
      await ear.next('sent', ({ kind, subjectId }) => kind === 'submission.sent' && subjectId === submission.id)
      const shown = await client.call<Conversation>('GET', path)
      const directions = shown.messages.map(({ direction }) => direction).join()
      expectThat(directions === 'in,out', 'the conversation shows question and answer', shown)
      expectThat(shown.submissions.length === 0, 'nothing is on its way any more', shown.submissions)
    })
    await step('sent items', async () => {
      // Ben has Full Access, too, and no MFA: Anna's code of this half minute is used up.
      const delegate = 'ben@contoso.example'
      const items = await readSentItems(sandbox, registration, { redirectUri, delegate, sharedAddress: SHARED })
      const copies = items.filter(({ subject }) => subject === answer.subject)
      expectThat(copies.length === 1, 'the answer lies in Sent Items exactly once', items)
    })

    await step('customer answers', () =>
      customer.write({
        ...{ subject: answer.subject, text: 'Thank you.', inReplyTo: `<${answer.messageId ?? ''}>` },
        references: [...answer.references, answer.messageId ?? ''].map((id) => `<${id}>`),
      }),
    )
    await step('same conversation', async () => {
      const isSecond = (event: { kind: string; payload: Record<string, unknown> }) =>
        event.kind === 'message.received' && ++received === 2
      let received = 0
      const event = await ear.next('the second letter', isSecond)
      expectThat(event.payload.conversationId === conversationId, 'it is in the conversation', event)
      const { messages } = await client.call<Conversation>('GET', path)
      expectThat(messages.map(({ direction }) => direction).join() === 'in,out,in', 'three messages', messages)
    })
    ear.close()

    await step('stop', () => started.stop())
    started.forget()
    return { ok: true, mode, steps, receivedAfterMs, repliedAfterMs }
  } catch (cause) {
    await postkey?.stop()
    throw new StepFailed(current, cause, postkey ? `${postkey.folder} is kept. Its log ends:\n${postkey.log()}` : '')
  }
}

async function listGrants(client: ReturnType<typeof createPostkeyClient>) {
  const answer = await client.call<{ grants: { id: string; userName: string }[] }>('GET', '/v1/grants')
  return answer.grants
}

async function readBody(client: ReturnType<typeof createPostkeyClient>, messageId: string): Promise<string> {
  return JSON.stringify(await client.call('GET', `/v1/messages/${messageId}`))
}

function expectThat(isSo: boolean, sentence: string, found: unknown): void {
  if (!isSo) throw new Error(`expected that ${sentence}; found ${JSON.stringify(found)}`)
}
