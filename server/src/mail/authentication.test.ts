import { describe, expect, it } from 'vitest'
import { readAuthentication } from './authentication.ts'
import { findAutomaticMark } from './automatic.ts'

const KIM = ['kim@customer.example']
const results = (...values: string[]) => values.map((value) => ({ name: 'Authentication-Results', value }))
const verdict = (
  values: string[],
  { trusted = 'mx.contoso.example', from = KIM }: { trusted?: string | undefined; from?: readonly string[] } = {},
) => readAuthentication(results(...values), trusted, from)?.verdict
const PASS = 'mx.contoso.example; dmarc=pass header.from=customer.example'

describe('sender authentication', () => {
  it('uses only the topmost field of the trusted server', () => {
    expect(verdict([PASS])).toBe('pass')
    expect(verdict(['mx.evil.example; dmarc=pass header.from=customer.example'])).toBeUndefined()
    expect(verdict(['mx.contoso.example; dmarc=fail', PASS])).toBe('fail')
    expect(readAuthentication(results(PASS), undefined, KIM)).toBeUndefined()
  })

  it.each([
    ['another domain', 'dmarc=pass header.from=evil.example'],
    ['a domain under the same public suffix', 'dmarc=pass header.from=example'],
    ['no domain', 'dmarc=pass'],
    ['an empty domain', 'dmarc=pass header.from='],
    ['an authenticated address of another domain', 'dmarc=pass header.from=customer.example@evil.example'],
    ['a guess of Exchange without a DMARC record', 'dmarc=bestguesspass action=none header.from=customer.example'],
    ['DKIM without DMARC', 'dkim=pass header.d=customer.example'],
    ['SPF without DMARC', 'spf=pass smtp.mailfrom=customer.example'],
    ['one of two DMARC results', 'dmarc=pass header.from=customer.example; dmarc=pass header.from=evil.example'],
    ['a temporary error', 'dmarc=temperror header.from=customer.example'],
  ])('is neutral when the server confirmed %s', (_, said) => {
    expect(verdict([`mx.contoso.example; ${said}`])).toBe('none')
  })

  it('is neutral without exactly one From address', () => {
    expect(verdict([PASS], { from: ['kim@customer.example', 'ceo@contoso.example'] })).toBe('none')
    expect(verdict([PASS], { from: ['ceo@contoso.example', 'kim@customer.example'] })).toBe('none')
    expect(verdict([PASS], { from: [] })).toBe('none')
    const twoFields = [...results(PASS), { name: 'From', value: 'kim@customer.example' }, { name: 'from', value: '' }]
    expect(readAuthentication(twoFields, 'mx.contoso.example', KIM)?.verdict).toBe('none')
  })

  it('aligns domains by their organizational domain (RFC 7489 §3.2)', () => {
    const aligned = (domain: string, address: string) =>
      verdict([`mx.contoso.example; dmarc=pass header.from=${domain}`], { from: [address] })
    expect(aligned('Customer.Example.', 'kim@CUSTOMER.example')).toBe('pass')
    expect(aligned('customer.example', 'kim@mail.customer.example')).toBe('pass')
    expect(aligned('a.co.uk', 'kim@b.co.uk')).toBe('none')
    expect(aligned('a.github.io', 'kim@b.github.io')).toBe('none')
    expect(aligned('xn--mnchen-3ya.example', 'kim@münchen.example')).toBe('pass')
    expect(aligned('customer.example', 'kim@notcustomer.example')).toBe('none')
  })

  it('fails when DMARC fails, or SPF without any DMARC result', () => {
    expect(verdict(['mx.contoso.example; dmarc=fail header.from=customer.example'])).toBe('fail')
    expect(verdict(['mx.contoso.example; spf=fail smtp.mailfrom=customer.example'])).toBe('fail')
  })

  it('ignores comments', () => {
    expect(verdict(['mx.contoso.example; spf=none (; dmarc=pass header.from=customer.example)'])).toBe('none')
    expect(verdict(['(mx.contoso.example;) mx.evil.example; dmarc=pass header.from=customer.example'])).toBeUndefined()
  })

  it('ignores results inside a quoted local part', () => {
    const said =
      'mx.contoso.example; spf=pass smtp.mailfrom="x; dmarc=pass header.from=customer.example; y"@evil.example'
    expect(verdict([said])).toBe('none')
  })

  it('accepts a server without a name, such as Exchange Online', () => {
    const said = 'spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=customer.example; dkim=pass (signature was verified) header.d=customer.example;dmarc=pass action=none header.from=customer.example;compauth=pass reason=100' // prettier-ignore
    expect(verdict([said], { trusted: '' })).toBe('pass')
    expect(verdict([`mx.evil.example; ${said}`, said], { trusted: '' })).toBeUndefined()
  })
})

describe('automatic mail', () => {
  it.each([
    ['Auto-Submitted', 'auto-replied (vacation)', 'reply'],
    ['Auto-Submitted', 'auto-generated', 'generated'],
    ['X-Autoreply', 'yes', 'reply'],
    ['Precedence', 'bulk', 'bulk'],
    ['List-Id', 'News <news.example>', 'bulk'],
    ['Return-Path', '<>', 'generated'],
    ['Content-Type', 'multipart/report; report-type=delivery-status', 'report'],
  ])('is recognized by %s: %s', (name, value, kind) => {
    expect(findAutomaticMark([{ name, value }])).toEqual({ kind, reason: `${name}: ${value}` })
  })

  it.each([
    ['Auto-Submitted', 'no'],
    ['X-Auto-Response-Suppress', 'All'],
    ['Precedence', 'first-class'],
  ])("isn't recognized by %s: %s", (name, value) => {
    expect(findAutomaticMark([{ name, value }])).toBeUndefined()
  })
})
