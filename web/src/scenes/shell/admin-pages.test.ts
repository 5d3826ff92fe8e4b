import { describe, expect, it } from 'vitest'
import { isAdminPage } from './admin-pages.ts'

describe('the pages of admins', () => {
  it('include the pages below them', () => {
    expect(['/people', '/email-accounts/01a2', '/set-up'].every(isAdminPage)).toBe(true)
  })

  it('exclude pages with a similar beginning', () => {
    expect(['/inbox', '/inbox/01a2', '/peoples', '/'].some(isAdminPage)).toBe(false)
  })
})
