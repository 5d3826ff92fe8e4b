import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CATALOGUE } from '../server/src/kernel/errors.ts'
import { ERROR_MAP } from '../server/src/error-map/index.ts'
import { ERROR_MAP_PAGE, errorMapPage, ERRORS_PAGE, errorsPage, formatted } from './errors-page.ts'

it('agrees with the catalogue; if not, run "npm run errors" and review the difference', async () => {
  expect(readFileSync(ERRORS_PAGE, 'utf8')).toBe(await formatted(errorsPage(CATALOGUE)))
})

it('agrees with the map of Microsoft\'s codes; if not, run "npm run errors" and review the difference', async () => {
  expect(readFileSync(ERROR_MAP_PAGE, 'utf8')).toBe(await formatted(errorMapPage(ERROR_MAP)))
})

it('lists each code by room, with title, remedy, HTTP status, effect and fix', () => {
  const page = errorsPage({
    'tokens.grant_ended': {
      title: 'The sign-in has ended',
      remedy: 'sign-in',
      fix: 'Press "Sign in again".',
      scope: 'user',
      status: 409,
      submission: 'hold-mailbox',
    },
  })

  expect(page).toContain('| [tokens](#tokens) | 1 |')
  expect(page).toContain(
    '| [`tokens.grant_ended`](#tokensgrant_ended) | The sign-in has ended | `sign-in` | 409 | all of the mailbox waits |',
  )
  expect(page).toContain('### tokens.grant_ended\n\n**The sign-in has ended.**')
  expect(page).toContain('the owner of the mailbox')
  expect(page).toContain('Press "Sign in again".')
})
