import { Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import { house } from './lint/house-rules.js'

const check = (code: string) =>
  new Linter().verify(code, [{ plugins: { house }, rules: { 'house/one-imap-client': 'error' } }])

describe('the lint rule for IMAP clients outside of their factory', () => {
  it.each(['new ImapFlow({})', 'new imapflow.ImapFlow()', 'class Mine extends ImapFlow {}'])('reports %s', (code) => {
    expect(check(code)).toHaveLength(1)
  })

  it('accepts other constructors and the factory', () => {
    expect(check('new Flow(); createImapClient({})')).toEqual([])
  })
})
