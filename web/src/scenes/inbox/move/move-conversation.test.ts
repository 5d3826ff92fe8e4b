import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Conversation } from '../../../api/client.ts'
import { client } from '../../../api/generated/client.gen.ts'
import { createMove } from './move-conversation.ts'

const { baseUrl = '', fetch = globalThis.fetch } = client.getConfig()
const conversation = { id: 'c', emailAccountId: 'support', participants: [{ address: 'kim@customer.example' }] }
const MOVE = { conversation: conversation as Conversation, to: { id: 'sales', address: 's' }, notice: 'We moved you.' }

const problem = (title: string) => ({ title, status: 500, code: 'http.unexpected', remedy: 'wait', fix: '' })

let asked: string[]
let bodies: Record<string, unknown>
let keys: (string | null)[]
let failures: unknown[]
/** Answers of the server by request; others fail. */
let answers: Record<string, unknown>

beforeAll(() => {
  client.setConfig({
    baseUrl: 'https://postkey.example',
    fetch: async (input) => {
      const request = input as Request
      const at = `${request.method} ${new URL(request.url).pathname}`
      asked.push(at)
      if (at === 'POST /v1/submissions') keys.push(request.headers.get('idempotency-key'))
      if (request.body) bodies[at] = await request.json()
      return at in answers ? Response.json(answers[at]) : Response.json(problem(at), { status: 500 })
    },
  })
})
afterAll(() => void client.setConfig({ baseUrl, fetch }))
beforeEach(() => {
  asked = []
  bodies = {}
  keys = []
  failures = []
  answers = {
    'GET /v1/conversations/c': { conversation, messages: [{ id: 'm1', direction: 'out' }] },
    'POST /v1/conversations/c/move': { ...conversation, emailAccountId: 'sales' },
    'GET /v1/messages/m1/answer': { to: [{ address: 'kim@customer.example' }], cc: [], subject: 'Re: Kettle' },
    'POST /v1/submissions': { id: 's' },
    'PUT /v1/conversations/c/assignee': {},
  }
})
const move = (run = createMove()) => run(MOVE, (failure) => failures.push(failure))

it('notifies the customer also when no message was received from them', async () => {
  expect(await move()).toMatchObject({ submissionId: 's' })
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

  expect(await move()).toMatchObject({ submissionId: 's' })
  expect(failures).toMatchObject([{ title: 'PUT /v1/conversations/c/assignee' }])
})

it('repeats a notice that failed with the same idempotency key, and does not move the conversation again', async () => {
  const run = createMove()
  delete answers['POST /v1/submissions']

  const first = await move(run)
  expect(first).toMatchObject({ after: { emailAccountId: 'sales' }, failure: { title: 'POST /v1/submissions' } })
  expect(asked).not.toContain('PUT /v1/conversations/c/assignee')

  answers['POST /v1/submissions'] = { id: 's' }
  const messages = [{ id: 'm1', direction: 'out' }]
  answers['GET /v1/conversations/c'] = { conversation: first.after, messages }
  expect(await move(run)).toMatchObject({ after: { emailAccountId: 'sales' }, submissionId: 's' })
  expect(keys).toEqual([expect.any(String), keys[0]])
  expect(asked.filter((at) => at.endsWith('/move'))).toHaveLength(1)
})
