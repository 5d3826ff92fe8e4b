import { afterAll, beforeEach, expect, it } from 'vitest'
import { client } from '../../../api/generated/client.gen.ts'
import { runBulk, undoBulk, type BulkOptions } from './bulk-run.ts'

const { baseUrl = '', fetch = globalThis.fetch } = client.getConfig()
const OPTIONS: BulkOptions = { signal: new AbortController().signal, onProgress: () => undefined }
const MOVE = { kind: 'move' as const, emailAccountId: 'billing' }
const REFUSED = { id: 'c', reason: { title: 'Moved on' } }
let asked: { ids: string[]; action: { emailAccountId: string } }[] = []
const problem = (status: number) => ({ status, code: 'x', remedy: 'admin', title: `Problem ${status}` })
let answerOf: (account: string) => { status: number; body: object }

client.setConfig({
  baseUrl: 'http://127.0.0.1',
  fetch: async (request) => {
    const body = (await (request as Request).json()) as (typeof asked)[number]
    asked.push(body)
    const { status, body: answer } = answerOf(body.action.emailAccountId)
    return Response.json(answer, { status })
  },
})
const done = (ids: string[], refused: object[] = []) => ({
  ...{ status: 200, body: { changed: ids, unchanged: 0, refused, undo: [] } },
})
afterAll(() => void client.setConfig({ baseUrl, fetch }))
beforeEach(() => {
  asked = []
  answerOf = () => done([])
})

it('a move goes in parts of 50, and other changes in parts of 500', async () => {
  const ids = Array.from({ length: 120 }, (_, n) => `${n}`)
  await runBulk({ ids }, MOVE, OPTIONS)
  expect(asked.map((body) => body.ids.length)).toEqual([50, 50, 20])
  asked = []
  await runBulk({ ids }, { kind: 'close' }, OPTIONS)
  expect(asked.map((body) => body.ids.length)).toEqual([120])
})

it('undo goes on after a mailbox that is gone, and returns what stays as it is', async () => {
  const step = (id: string, emailAccountId: string) => ({ ids: [id], action: { ...MOVE, emailAccountId } })
  answerOf = (account) => (account === 'gone' ? { status: 404, body: problem(404) } : done([], [REFUSED]))
  const refused = await undoBulk([step('c', 'support'), step('b', 'gone')], OPTIONS)
  expect(asked.map((body) => body.ids)).toEqual([['b'], ['c']])
  expect(refused).toMatchObject([{ id: 'b', reason: { title: 'Problem 404' } }, REFUSED])
})

it('undo ends with any other problem', async () => {
  answerOf = () => ({ status: 500, body: problem(500) })
  await expect(undoBulk([{ ids: ['b'], action: MOVE }], OPTIONS)).rejects.toMatchObject({ status: 500 })
})
