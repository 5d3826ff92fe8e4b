import { describe, expect, it } from 'vitest'
import { onConfirmationNeeded, sendConfirmed } from './confirmation.ts'

const REFUSAL = { status: 403, body: { code: 'http.fresh_sign_in_required' } }
const DONE = { status: 201, body: {} }

/** Answers with these, in order, and keeps the bodies. */
function server(...answers: { status: number; body: unknown }[]) {
  const bodies: string[] = []
  const send = async (request: Request) => {
    bodies.push(await request.text())
    const { status, body } = answers.shift()!
    return new Response(JSON.stringify(body), { status })
  }
  return { bodies, send }
}

const post = (body: unknown = { name: 'Shop' }) =>
  new Request('http://localhost/v1/api-keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

describe('a request that needs a confirmation', () => {
  it('is sent again with the same body after it', async () => {
    const { bodies, send } = server(REFUSAL, DONE)
    const remove = onConfirmationNeeded(() => Promise.resolve(true))
    expect((await sendConfirmed(post(), send)).status).toBe(201)
    expect(bodies).toEqual(['{"name":"Shop"}', '{"name":"Shop"}'])
    remove()
  })

  it('is answered with the refusal, still readable, when the user cancels or nothing can ask', async () => {
    for (const remove of [onConfirmationNeeded(() => Promise.resolve(false)), undefined]) {
      const { bodies, send } = server(REFUSAL)
      expect(await (await sendConfirmed(post(), send)).json()).toEqual(REFUSAL.body)
      expect(bodies).toHaveLength(1)
      remove?.()
    }
  })

  it('asks once for several requests at the same time, and again for a later one', async () => {
    let asked = 0
    const remove = onConfirmationNeeded(async () => {
      asked++
      await Promise.resolve()
      return true
    })
    const { send } = server(REFUSAL, REFUSAL, DONE, DONE, REFUSAL, DONE)
    const both = await Promise.all([sendConfirmed(post(1), send), sendConfirmed(post(2), send)])
    expect(both.map(({ status }) => status)).toEqual([201, 201])
    expect(asked).toBe(1)
    expect((await sendConfirmed(post(3), send)).status).toBe(201)
    expect(asked).toBe(2)
    remove()
  })
})

it.each([
  ['another refusal', { status: 403, body: { code: 'http.not_permitted' } }],
  ['a page of a proxy', { status: 403, body: '<html>' }],
  ['a success', DONE],
])('%s is returned without a question', async (_what, answer) => {
  const remove = onConfirmationNeeded(() => Promise.reject(new Error('asked')))
  const { send } = server(answer)
  expect((await sendConfirmed(post(), send)).status).toBe(answer.status)
  remove()
})
