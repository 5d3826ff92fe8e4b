/** From nothing to an answered customer: the steps A to D by API and forms, then mail in, out and in again. */
import { connectSupport, isConnected, SHARED, type Connected, type Mode } from './connect-support.ts'
import { createCustomer } from './outside-customer.ts'
import { doSecretBusiness } from './secret-business.ts'
import { readSentItems } from './sent-items.ts'
import { startPostkey, type StartedPostkey } from './started-postkey.ts'
import { createSteps, expectThat, StepFailed, type Steps } from './steps.ts'
import { bundleTexts } from '../canary/bundle-texts.ts'
import { secretsLeftBy } from './traces.ts'

export interface WalkResult {
  steps: readonly { name: string; ms: number }[]
  /** From when the customer wrote until Postkey told that the mail is there. */
  receivedAfterMs: number
  /** From when the answer was submitted until it lay in the customer's mailbox. */
  repliedAfterMs: number
}

const CUSTOMER = 'kim@customer.example'

/** Secrets the canary must have met at least, so that an empty search is no success. */
const SECRETS = [
  ...['access_token', 'code', 'code_verifier', 'encryption key', 'first admin link', 'id_token', 'password', 'secret'],
  ...['cookie postkey.session_token', 'key of POST /v1/api-keys', 'password of the database', 'refresh_token'],
  ...['url of POST /v1/invitations', 'url of POST /v1/work-orders'],
]

interface Conversation {
  messages: { id: string; direction: 'in' | 'out'; messageId?: string }[]
  submissions: { id: string; state: string }[]
}

/** @throws {StepFailed} */
export async function walk(mode: Mode, say: (line: string) => void): Promise<WalkResult> {
  const step = createSteps(`${mode}: `, say)
  let postkey: StartedPostkey | undefined
  try {
    // All that it could say, so that the canary sees it, too.
    const started = await step('start', () => startPostkey({ record: 'bodies', logLevel: 'trace' }))
    postkey = started
    const connected = await connectSupport(step, started, mode)
    await step('import', () => connected.ear.next('connected', isConnected))
    const times = await talkWithCustomer(step, started, connected, mode)
    await doSecretBusiness(step, started, connected)
    connected.ear.close()
    await step('canary', () => expectNoSecretsIn(started, mode, say))
    await step('stop', () => started.stop())
    await started.forget()
    return { steps: step.taken, ...times }
  } catch (cause) {
    const log = postkey ? `${postkey.place.folder} is kept. Its log ends:\n${postkey.log()}` : ''
    await postkey?.stop()
    throw new StepFailed(step.current, cause, log)
  }
}

async function talkWithCustomer(
  step: Steps,
  { sandbox }: StartedPostkey,
  { client, ear, accountId, registration, redirectUri }: Connected,
  mode: Mode,
): Promise<Omit<WalkResult, 'steps'>> {
  const customer = createCustomer(sandbox.controlPanel, { name: 'Kim', address: CUSTOMER, to: SHARED })
  const question = { subject: `Walk ${mode}: where is my kettle?`, text: 'I ordered it a week ago.' }
  const wrote = performance.now()
  const questionId = await step('customer writes', () => customer.write(question))
  const conversationId = await step('receive', async () => {
    const event = await ear.next(
      'the question',
      ({ kind, account }) => kind === 'message.received' && account === accountId,
    )
    return String(event.data.conversationId)
  })
  const receivedAfterMs = Math.round(performance.now() - wrote)
  const path = `/v1/conversations/${conversationId}`
  await step('read', async () => {
    const { messages } = await client.call<Conversation>('GET', path)
    const [first] = messages
    expectThat(messages.length === 1 && first?.messageId === questionId, 'it is the question', messages)
    const shown = JSON.stringify(await client.call('GET', `/v1/messages/${first!.id}`))
    expectThat(shown.includes(question.text), 'its text can be read', shown)
  })

  const replied = performance.now()
  const submission = await step('reply', () =>
    client.call<{ id: string }>(
      'POST',
      '/v1/submissions',
      {
        ...{ emailAccountId: accountId, conversationId, to: [{ name: 'Kim', address: CUSTOMER }], cc: [], bcc: [] },
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
    await ear.next('sent', ({ kind, subject }) => kind === 'submission.sent' && subject === submission.id)
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
    let received = 0
    const event = await ear.next('the second letter', ({ kind }) => kind === 'message.received' && ++received === 2)
    expectThat(event.data.conversationId === conversationId, 'it is in the conversation', event)
    const { messages } = await client.call<Conversation>('GET', path)
    expectThat(messages.map(({ direction }) => direction).join() === 'in,out,in', 'three messages', messages)
  })
  return { receivedAfterMs, repliedAfterMs }
}

async function expectNoSecretsIn(started: StartedPostkey, mode: Mode, say: (line: string) => void): Promise<void> {
  // Once: both modes leave the same kinds of traces.
  const bundle = mode === 'admin-consent' ? bundleTexts(started.place) : []
  const personal = [SHARED, CUSTOMER, 'kettle'].filter((each) => bundle.some(({ text }) => text.includes(each)))
  expectThat(personal.length === 0, 'a support bundle has no addresses and no mail', personal)
  const { finds, secrets, texts, kinds } = await secretsLeftBy(started, bundle)
  say(`${secrets} secrets (${kinds.join(', ')}) sought in ${texts} texts`)
  const unmet = SECRETS.filter((kind) => !kinds.includes(kind))
  expectThat(unmet.length === 0, 'the canary knows a secret of each kind', unmet)
  if (finds.length > 0) throw new Error(`secrets were found: ${finds.join('; ')}`)
}
