import { expect, it } from 'vitest'
import { newId, type EmailAccountId } from '../../kernel/ids.ts'
import { createShownAccounts } from './shown-accounts.ts'

const ids = Array.from({ length: 30 }, () => newId<EmailAccountId>())

it('a mailbox counts as shown from its list to the end of the last event stream of its viewer', () => {
  const shown = createShownAccounts()
  shown.show('kim', [ids[0]!])
  expect(shown.list()).toEqual([])
  const [first, second] = [shown.open('kim'), shown.open('kim')]
  expect(shown.list()).toEqual([ids[0]])
  first()
  first()
  expect(shown.list()).toEqual([ids[0]])
  second()
  expect(shown.list()).toEqual([])
  shown.open('kim')
  expect(shown.list()).toEqual([])
})

it('the three latest lists of a viewer and at most ten mailboxes count, the latest first', () => {
  const shown = createShownAccounts()
  for (const viewer of ['kim', 'lee']) shown.open(viewer)
  for (const id of ids.slice(0, 5)) shown.show('kim', [id])
  expect(shown.list()).toEqual([ids[4], ids[3], ids[2]])
  shown.show('kim', [ids[2]!])
  expect(shown.list()).toEqual([ids[2], ids[4], ids[3]])
  shown.show('lee', ids.slice(10))
  expect(shown.list()).toEqual(ids.slice(10, 20))
})

it('only a hundred viewers without an event stream are remembered', () => {
  const shown = createShownAccounts()
  for (let n = 0; n <= 100; n++) shown.show(`viewer ${n}`, [ids[0]!])
  shown.open('viewer 0')
  expect(shown.list()).toEqual([])
  shown.open('viewer 1')
  expect(shown.list()).toEqual([ids[0]])
})

it('a list of all mailboxes counts for each of them without notifications that its viewer may see', () => {
  const shown = createShownAccounts()
  const close = [shown.open('kim'), shown.open('lee')]
  shown.show('kim', [ids[0]!, ids[1]!], [ids[0]!, ids[1]!, ids[2]!])
  expect(shown.list([ids[1]!, ids[2]!, ids[3]!])).toEqual([ids[1], ids[2]])
  for (const id of ids.slice(4, 6)) shown.show('lee', [id])
  for (const id of ids.slice(6, 10)) shown.show('lee', [id], 'all')
  expect(shown.list([ids[2]!, ids[3]!, ids[4]!, ids[8]!])).toEqual([ids[4], ids[2], ids[3], ids[8]])
  expect(shown.list(ids)).toHaveLength(10)
  for (const end of close) end()
  expect(shown.isAnyShown).toBe(false)
  expect(shown.list(ids)).toEqual([])
})
