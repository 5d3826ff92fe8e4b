import { afterAll, beforeEach, expect, it } from 'vitest'
import { client } from '../../../api/generated/client.gen.ts'
import { runBulk, undoBulk, type BulkOptions } from './bulk-run.ts'
import { outcomeText, undoText } from './bulk-texts.ts'

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

it('a failed part leaves what the parts before it did, with its undo', async () => {
  const ids = Array.from({ length: 120 }, (_, n) => `${n}`)
  const undo = [{ ids: ids.slice(0, 50), action: MOVE }]
  answerOf = () =>
    asked.length === 1
      ? { status: 200, body: { changed: ids.slice(0, 50), unchanged: 0, refused: [], undo } }
      : { status: 503, body: problem(503) }
  const outcome = await runBulk({ ids }, MOVE, OPTIONS)
  expect(outcome).toMatchObject({ changed: 50, undo, failure: { status: 503 } })
  expect(asked).toHaveLength(2)
})

const step = (id: string, emailAccountId = 'support') => ({ ids: [id], action: { ...MOVE, emailAccountId } })

it('undo goes on after a mailbox that is gone, and returns what stays as it is', async () => {
  answerOf = (account) => (account === 'gone' ? { status: 404, body: problem(404) } : done([], [REFUSED]))
  const { refused, rest } = await undoBulk([step('c'), step('b', 'gone')], OPTIONS)
  expect(asked.map((body) => body.ids)).toEqual([['b'], ['c']])
  expect(refused).toMatchObject([{ id: 'b', reason: { title: 'Problem 404' } }, REFUSED])
  expect(rest).toEqual([])
})

it('undo that fails in the middle of three steps goes on with those that remain', async () => {
  const steps = [step('a'), step('b', 'busy'), step('c')]
  const progress: number[] = []
  const options = { ...OPTIONS, onProgress: (count: number) => progress.push(count) }
  answerOf = (account) => (account === 'busy' ? { status: 503, body: problem(503) } : done(['c', 'd'], [REFUSED]))
  const first = await undoBulk(steps, options)
  expect(first).toMatchObject({ changed: 2, refused: [REFUSED], rest: steps.slice(0, 2), failure: { status: 503 } })
  expect(undoText(first)).toBe(
    'Restored 2 conversations. 2 conversations not restored yet. 1 conversation not changed: Moved on.',
  )
  answerOf = () => done(['b'])
  asked = []
  const second = await undoBulk(first.rest, options)
  expect(asked.map((body) => body.ids)).toEqual([['b'], ['a']])
  expect(second).toEqual({ changed: 2, refused: [], rest: [] })
  expect(undoText(second)).toBeUndefined()
  expect(progress).toEqual([2, 1, 2])
})

it('a stopped undo keeps the steps that remain', async () => {
  const stop = new AbortController()
  const steps = [step('a'), step('b'), step('c')]
  answerOf = () => done(['c'])
  const outcome = await undoBulk(steps, { signal: stop.signal, onProgress: () => stop.abort() })
  expect(outcome).toEqual({ changed: 1, refused: [], rest: steps.slice(0, 2) })
})

it('a move counts those that it moved, those that were there already, and the refused ones', () => {
  const text = (changed: number, unchanged: number, refused = [REFUSED]) =>
    outcomeText(MOVE, { changed, unchanged, refused, undo: [] }, [])
  expect(text(2, 3)).toBe(
    'Moved 2 conversations to another mailbox. 3 conversations already there. 1 conversation not changed: Moved on.',
  )
  expect(text(0, 3)).toBe('3 conversations already there. 1 conversation not changed: Moved on.')
  expect(text(0, 1, [])).toBe('1 conversation already there.')
  expect(text(0, 0, [])).toBe('No conversations changed.')
})
