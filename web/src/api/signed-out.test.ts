import { expect, it } from 'vitest'
import { putDraftsId } from './client.ts'
import { translateFailures } from './problem.ts'
import { onSignedOut } from './signed-out.ts'

function answering(status: number, code: string) {
  const problem = { type: 'about:blank', title: 'No', status, detail: 'No', code, remedy: 'sign-in', fix: 'Sign in.' }
  const headers = { 'content-type': 'application/problem+json' }
  return () => Promise.resolve(new Response(JSON.stringify(problem), { status, headers }))
}

it('the end of a session is noticed by any request, including automatic saves', async () => {
  translateFailures()
  let times = 0
  onSignedOut(() => times++)
  const save = (fetch: () => Promise<Response>) =>
    putDraftsId({
      ...{ baseUrl: 'https://postkey.example', fetch, path: { id: 'd' } },
      body: { content: { to: [], cc: [], bcc: [], subject: '' }, version: 1 },
    })

  await expect(save(answering(401, 'http.not_signed_in'))).rejects.toMatchObject({ code: 'http.not_signed_in' })
  expect(times).toBe(1)
  await expect(save(answering(403, 'http.forbidden'))).rejects.toMatchObject({ code: 'http.forbidden' })
  expect(times).toBe(1)
})
