import { expect, it } from 'vitest'
import { chooseMailboxes } from './team-key.ts'

it('chooses the mailboxes whose messages add up to the number nearest to the wanted one', () => {
  const mailboxes = [500, 250, 90, 70, 50, 40].map((messages) => ({ messages }))
  const chosen = chooseMailboxes(mailboxes, 4, 255).map(({ messages }) => messages)
  expect(chosen).toEqual([90, 70, 50, 40])
  expect(chooseMailboxes(mailboxes, 4, 842).map(({ messages }) => messages)).toEqual([500, 250, 50, 40])
})
