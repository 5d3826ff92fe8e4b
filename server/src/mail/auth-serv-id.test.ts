import { describe, expect, it } from 'vitest'
import { commonAuthServId, outermostAuthServId } from './auth-serv-id.ts'

const mail = (...fields: string[]) => Buffer.from([...fields, 'Subject: Hello', '', 'Hello'].join('\r\n'))
const by = (name: string) => mail(`Authentication-Results: ${name}; spf=pass smtp.mailfrom=customer.example`)

describe('the authserv-id of the receiving server', () => {
  it.each([
    ['is the topmost one', ['Authentication-Results: mx.contoso.example; spf=pass', 'Authentication-Results: evil.example; dmarc=pass'], 'mx.contoso.example'], // prettier-ignore
    ['is named over lines, with a version, in any case', ['authentication-results:', '\tMX.Contoso.Example 1;', '\tspf=pass'], 'mx.contoso.example'], // prettier-ignore
    ['is nobody where a result comes first', ['Authentication-Results: spf=pass (sender) smtp.mailfrom=x'], undefined],
    ['is nobody where no field says so', ['X-Authentication-Results: mx.contoso.example'], undefined],
  ])('%s', (_what, fields, name) => {
    expect(outermostAuthServId(mail(...fields))).toBe(name)
  })

  it('is never taken from the text of the message', () => {
    expect(outermostAuthServId(Buffer.from('Subject: x\r\n\r\nAuthentication-Results: evil.example;'))).toBeUndefined()
  })

  it('is proposed when nearly all mail names it, and never from a few messages', () => {
    const nine = Array.from({ length: 9 }, () => by('mx.contoso.example'))
    expect(commonAuthServId([...nine, by('evil.example')])).toEqual({ name: 'mx.contoso.example', count: 9 })
    expect(commonAuthServId([...nine, by('evil.example'), by('evil.example')])).toBeUndefined()
    expect(commonAuthServId(nine.slice(0, 4))).toBeUndefined()
  })
})
