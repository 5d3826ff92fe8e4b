import { expect, it, vi } from 'vitest'
import { nextOrder, register, runCommand } from './actions.ts'

it('a command that is registered again does not take the key from a newer one', () => {
  const [older, newer] = [vi.fn(), vi.fn()]
  const order = nextOrder()
  const endOlder = register('undo', older, order)
  const endNewer = register('undo', newer)
  endOlder()
  register('undo', older, order)

  runCommand('undo')
  expect([older, newer].map((each) => each.mock.calls.length)).toEqual([0, 1])
  endNewer()
  runCommand('undo')
  expect(older).toHaveBeenCalledOnce()
})
