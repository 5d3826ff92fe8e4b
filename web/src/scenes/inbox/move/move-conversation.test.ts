import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Conversation } from '../../../api/client.ts'
import { client } from '../../../api/generated/client.gen.ts'
import { createMove } from './move-conversation.ts'

const { baseUrl = '', fetch = globalThis.fetch } = client.getConfig()
const conversation = { id: 'c', emailAccountId: 'support', participants: [{ address: 'kim@customer.example' }] }
const MOVE = { conversation: conversation as Conversation, to: { id: 'sales', address: 's' }, notice: 'We moved you.' }
const ANSWER = { to: [{ address: 'kim@customer.example' }], cc: [], subject: 'Re: Kettle' }

const problem = (title: string) => ({ title, status: 500, code: 'http.unexpected', remedy: 'wait', fix: '' })

let asked: string[]
let bodies: Record<string, Record<string, unknown>>
let failures: unknown[]
/** Answers of the server by request; others fail. Undefined: it is not found. */
let answers: Record<string, unknown>
/** Notices that the server accepted, by idempotency key. */
let accepted: Map<string, { text: unknown; from: unknown; state: string }>
let isResponseLost: boolean

beforeAll(() => {
  client.setConfig({
    baseUrl: 'https://postkey.example',
    fetch: async (input) => {
      const request = input as Request
      const at = `${request.method} ${new URL(request.url).pathname}`
      asked.push(at)
      if (request.body) bodies[at] = (await request.json()) as Record<string, unknown>
      if (at === 'POST /v1/submissions') return submit(request.headers.get('idempotency-key')!, bodies[at]!)
      if (at in answers && answers[at] === undefined)
        return Response.json({ ...problem(at), status: 404 }, { status: 404 })
      return at in answers ? Response.json(answers[at]) : Response.json(problem(at), { status: 500 })
    },
  })
})
afterAll(() => void client.setConfig({ baseUrl, fetch }))
beforeEach(() => {
  asked = []
  bodies = {}
  failures = []
  accepted = new Map()
  isResponseLost = false
  answers = {
    'GET /v1/conversations/c': { conversation, messages: [{ id: 'm1', direction: 'out' }] },
    'POST /v1/conversations/c/move': { ...conversation, emailAccountId: 'sales' },
    'GET /v1/messages/m1/answer': ANSWER,
    'GET /v1/messages/m2/answer': ANSWER,
    'PUT /v1/conversations/c/assignee': {},
  }
})
const move = (run = createMove(), notice = MOVE.notice) => run({ ...MOVE, notice }, (failure) => failures.push(failure))

function submit(key: string, { text, emailAccountId: from }: Record<string, unknown>): Response {
  const before = accepted.get(key)
  const reused = { ...problem('reused'), status: 422, code: 'submission.idempotency_key_reused' }
  if (before && (before.text !== text || before.from !== from)) return Response.json(reused, { status: 422 })
  const notice = before ?? { text, from, state: 'queued' }
  accepted.set(key, notice)
  const submission = { id: `s${[...accepted.keys()].indexOf(key)}`, submittedBy: 'me', state: notice.state }
  return isResponseLost ? Response.json(problem('lost'), { status: 500 }) : Response.json(submission)
}

it('notifies the customer also when no message was received from them', async () => {
  expect(await move()).toMatchObject({ submissionId: 's0' })
  expect(bodies['POST /v1/submissions']).toMatchObject({ replyToMessageId: 'm1', text: 'We moved you.' })
  expect(failures).toEqual([])
})

it('answers the newest received message', async () => {
  const messages = [
    { id: 'm0', direction: 'in' },
    { id: 'm1', direction: 'in' },
    { id: 'm2', direction: 'out' },
  ]
  answers['GET /v1/conversations/c'] = { conversation, messages }

  await move()
  expect(bodies['POST /v1/submissions']).toMatchObject({ replyToMessageId: 'm1' })
})

it('refuses a notice without a message to answer, before the conversation moves', async () => {
  answers['GET /v1/conversations/c'] = { conversation, messages: [] }

  await expect(move()).rejects.toMatchObject({ code: 'web.nothing_to_answer' })
  expect(asked).toEqual(['GET /v1/conversations/c'])
})

it('remembers the notice for Undo when the assignment to its author could not be removed', async () => {
  delete answers['PUT /v1/conversations/c/assignee']

  expect(await move()).toMatchObject({ submissionId: 's0' })
  expect(failures).toMatchObject([{ title: 'PUT /v1/conversations/c/assignee' }])
})

/** A move whose notice was accepted, but without a response. The conversation is then shown with `assigneeId`. */
async function loseResponse(assigneeId = 'me') {
  const run = createMove()
  isResponseLost = true
  const { after, failure } = await move(run)
  expect(failure).toMatchObject({ title: 'Moved, but it isn’t known if the customer is notified' })
  expect(asked).not.toContain('PUT /v1/conversations/c/assignee')
  isResponseLost = false
  const messages = [
    { id: 'm1', direction: 'out' },
    { id: 'm2', direction: 'in' },
  ]
  answers['GET /v1/conversations/c'] = { conversation: { ...after, assigneeId }, messages }
  return run
}

it('repeats the same request for a notice without a response, and does not move the conversation again', async () => {
  const run = await loseResponse()
  const first = bodies['POST /v1/submissions']

  expect(await move(run)).toMatchObject({ after: { emailAccountId: 'sales' }, submissionId: 's0' })
  expect(bodies['POST /v1/submissions']).toEqual(first)
  expect([...accepted.values()]).toEqual([{ text: 'We moved you.', from: 'sales', state: 'queued' }])
  expect(asked.filter((at) => at.endsWith('/move'))).toHaveLength(1)
})

it('sends no second notice when the text changed after a lost response, and says so', async () => {
  const run = await loseResponse()

  const failure = { title: 'Moved, but an earlier version of this notice is already being sent' }
  expect(await move(run, 'We have moved you.')).toMatchObject({ submissionId: 's0', failure })
  expect([...accepted.values()]).toEqual([{ text: 'We moved you.', from: 'sales', state: 'queued' }])

  // Undo cancels it.
  for (const notice of accepted.values()) notice.state = 'canceled'
  const again = await move(run, 'We have moved you.')
  expect([again.submissionId, again.failure]).toEqual(['s1', undefined])
})

it('sends no second notice from a third mailbox after a lost response, and says so', async () => {
  const run = await loseResponse()
  answers['POST /v1/conversations/c/move'] = { ...conversation, emailAccountId: 'returns' }

  const moved = await run({ ...MOVE, to: { id: 'returns', address: 'r' } }, (failure) => failures.push(failure))
  const failure = { title: 'Moved, but an earlier version of this notice is already being sent' }
  expect(moved).toMatchObject({ after: { emailAccountId: 'returns' }, submissionId: 's0', failure })
  expect([...accepted.values()]).toEqual([{ text: 'We moved you.', from: 'sales', state: 'queued' }])
})

it('says that the customer is not notified when the server refused the notice', async () => {
  answers['GET /v1/messages/m1/answer'] = undefined
  const { failure } = await move()
  expect(failure).toMatchObject({ title: 'Moved, but the customer isn’t notified yet', status: 404 })
})

it('removes the assignment that a notice without a response caused, but not a later one', async () => {
  await move(await loseResponse())
  expect(bodies['PUT /v1/conversations/c/assignee']).toEqual({ assigneeId: null })

  asked = []
  accepted.clear()
  answers['GET /v1/conversations/c'] = { conversation, messages: [{ id: 'm1', direction: 'out' }] }
  await move(await loseResponse('colleague'))
  expect(asked).not.toContain('PUT /v1/conversations/c/assignee')
})
