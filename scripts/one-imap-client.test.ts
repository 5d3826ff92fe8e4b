import { Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import { house } from './lint/house-rules.js'

const check = (code: string) =>
  new Linter().verify(code, [{ plugins: { house }, rules: { 'house/one-imap-client': 'error' } }])

describe('the rule that IMAP clients are made in one place', () => {
  it.each(['new ImapFlow({})', 'new imapflow.ImapFlow()', 'class Mine extends ImapFlow {}'])('finds %s', (code) => {
    expect(check(code)).toHaveLength(1)
  })

  it('minds nothing else', () => {
    expect(check('new Flow(); createImapClient({})')).toEqual([])
  })
})
