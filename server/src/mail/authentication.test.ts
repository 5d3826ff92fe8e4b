import { describe, expect, it } from 'vitest'
import { authenticationOf } from './authentication.ts'
import { automaticOf } from './automatic.ts'

const results = (...values: string[]) => values.map((value) => ({ name: 'Authentication-Results', value }))
const verdict = (values: string[], trusted: string | undefined = 'mx.contoso.example') =>
  authenticationOf(results(...values), trusted, 'kim@customer.example')?.verdict

describe('what a server says of the sender', () => {
  it('counts when it is the server that we trust, and only its topmost field', () => {
    expect(verdict(['mx.contoso.example; dmarc=pass header.from=customer.example'])).toBe('pass')
    expect(verdict(['mx.evil.example; dmarc=pass header.from=customer.example'])).toBeUndefined()
    expect(verdict(['mx.contoso.example; dmarc=fail', 'mx.contoso.example; dmarc=pass'])).toBe('fail')
    expect(verdict(['mx.contoso.example; dmarc=pass'], undefined)).toBe('pass')
    expect(
      authenticationOf(results('mx.contoso.example; dmarc=pass'), undefined, 'kim@customer.example'),
    ).toBeUndefined()
  })

  it('is a pass of DKIM or SPF only for the domain of From itself', () => {
    expect(verdict(['mx.contoso.example; dkim=pass header.d=customer.example'])).toBe('pass')
    expect(verdict(['mx.contoso.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=a@evil.example'])).toBe('none') // prettier-ignore
    expect(verdict(['mx.contoso.example; spf=fail smtp.mailfrom=customer.example'])).toBe('fail')
  })

  it('is not read out of a comment', () => {
    expect(verdict(['mx.contoso.example; spf=none (; dmarc=pass)'])).toBe('none')
    expect(verdict(['(mx.contoso.example;) mx.evil.example; dmarc=pass'])).toBeUndefined()
  })

  it('may come from a server that names nobody, as Exchange Online', () => {
    const said = 'spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=customer.example; dkim=pass (signature was verified) header.d=customer.example;dmarc=pass action=none header.from=customer.example;compauth=pass reason=100' // prettier-ignore
    expect(verdict([said], '')).toBe('pass')
    expect(verdict(['mx.evil.example; dmarc=pass', said], '')).toBeUndefined()
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
  ])('is known by %s: %s', (name, value, kind) => {
    expect(automaticOf([{ name, value }])).toEqual({ kind, reason: `${name}: ${value}` })
  })

  it.each([
    ['Auto-Submitted', 'no'],
    ['X-Auto-Response-Suppress', 'All'],
    ['Precedence', 'first-class'],
  ])('is not known by %s: %s', (name, value) => {
    expect(automaticOf([{ name, value }])).toBeUndefined()
  })
})
