import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CATALOGUE } from '../server/src/kernel/errors.ts'
import { ERROR_MAP } from '../server/src/error-map/index.ts'
import { ERROR_MAP_PAGE, errorMapPage, ERRORS_PAGE, errorsPage } from './errors-page.ts'

it('agrees with the catalogue; if not, run "npm run errors" and read the difference', () => {
  expect(readFileSync(ERRORS_PAGE, 'utf8')).toBe(errorsPage(CATALOGUE))
})

it('agrees with the map of Microsoft’s codes; if not, run "npm run errors" and read the difference', () => {
  expect(readFileSync(ERROR_MAP_PAGE, 'utf8')).toBe(errorMapPage(ERROR_MAP))
})

it('says of each code what happened, who can end it and how', () => {
  const page = errorsPage({
    'tokens.grant_ended': { title: 'The sign-in has ended', remedy: 'sign-in', fix: 'Press "Sign in again".' },
  })

  expect(page).toContain('## tokens.grant_ended')
  expect(page).toContain('The sign-in has ended')
  expect(page).toContain('the owner of the mailbox')
  expect(page).toContain('Press "Sign in again".')
})
