import { expect, it } from 'vitest'
import { namedFix } from './named-fix.ts'

it('names mailbox and user in a command to copy, as far as they are known', () => {
  const fix = 'Add-MailboxPermission <mailbox> -User <person>'
  expect(namedFix(fix, 'support@contoso.example', 'anna@contoso.example')).toBe(
    'Add-MailboxPermission support@contoso.example -User anna@contoso.example',
  )
  expect(namedFix(fix, 'support@contoso.example', undefined)).toBe(
    'Add-MailboxPermission support@contoso.example -User <person>',
  )
})
