import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { verifyWebhook, WebhookError, type WebhookFault } from './webhook-verification.ts'

const [SECRET, NEXT] = [`whsec_${btoa('0123456789abcdef')}`, `whsec_${btoa('fedcba9876543210')}`]
const EVENT = { id: 7, kind: 'tag.created', subject: 't-1', data: { by: 'postkey' } }
const BODY = JSON.stringify(EVENT)
const NOW = new Date('2026-03-01T09:00:00Z')
const SENT_AT = String(NOW.getTime() / 1000)

const sign = (secret: string, text = `7.${SENT_AT}.${BODY}`) => {
  return `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(text)
    .digest('base64')}`
}
const headersOf = (signature: string, more: Record<string, string> = {}) => ({
  ...{ 'webhook-id': '7', 'webhook-timestamp': SENT_AT, 'webhook-signature': signature, ...more },
})

describe('the verification of a webhook', () => {
  it('accepts a genuine request and returns its event, with each kind of headers and body', () => {
    const headers = headersOf(sign(SECRET))
    const requests = [
      { headers, body: BODY },
      { headers: new Headers(headers), body: Buffer.from(BODY) },
      { headers: { 'Webhook-Id': ['7'], 'Webhook-Timestamp': SENT_AT, 'Webhook-Signature': sign(SECRET) }, body: BODY },
    ]

    for (const request of requests) expect(verifyWebhook({ ...request, secret: SECRET, now: NOW })).toEqual(EVENT)
  })

  it('accepts one signature of several, and one secret of two during a rotation', () => {
    const both = headersOf(`v1a,other v1,${btoa('other')} ${sign(NEXT)} ${sign(SECRET)}`)

    expect(verifyWebhook({ headers: both, body: BODY, secret: SECRET, now: NOW })).toEqual(EVENT)
    expect(verifyWebhook({ headers: both, body: BODY, secret: NEXT, now: NOW })).toEqual(EVENT)
    const old = headersOf(sign(SECRET))
    expect(verifyWebhook({ headers: old, body: BODY, secret: [NEXT, SECRET], now: NOW })).toEqual(EVENT)
  })

  const genuine = sign(SECRET)
  it.each<[string, WebhookFault, Record<string, string>, string]>([
    ['another body', 'signature', headersOf(genuine), BODY.replace('7', '8')],
    ['another id', 'signature', headersOf(genuine, { 'webhook-id': '8' }), BODY],
    ['another time', 'signature', headersOf(genuine, { 'webhook-timestamp': String(Number(SENT_AT) + 1) }), BODY],
    ['another secret', 'signature', headersOf(sign(NEXT)), BODY],
    ['a shortened signature', 'signature', headersOf(genuine.slice(0, 20)), BODY],
    ['an empty signature', 'signature', headersOf('v1,'), BODY],
    ['a signature without version', 'signature', headersOf(genuine.slice(3)), BODY],
    ['no signature', 'headers', headersOf(''), BODY],
    ['a time that is none', 'timestamp', headersOf(genuine, { 'webhook-timestamp': `${SENT_AT}.0` }), BODY],
    ['a body that is not JSON', 'body', headersOf(sign(SECRET, `7.${SENT_AT}.Hello`)), 'Hello'],
  ])('refuses %s', (_what, fault, headers, body) => {
    const verify = () => verifyWebhook({ headers, body, secret: SECRET, now: NOW })
    expect(verify).toThrow(WebhookError)
    expect(verify).toThrow(expect.objectContaining({ fault }))
  })

  it.each([
    [300, true],
    [-300, true],
    [301, false],
    [-301, false],
  ])('accepts a request that is %i seconds old: %s', (seconds, accepted) => {
    const now = new Date(NOW.getTime() + seconds * 1000)
    const verify = () => verifyWebhook({ headers: headersOf(genuine), body: BODY, secret: SECRET, now })
    if (accepted) expect(verify()).toEqual(EVENT)
    else expect(verify).toThrow(expect.objectContaining({ fault: 'timestamp' }))
  })

  it.each([[''], ['whsec_'], [[SECRET, '']], [[]]])('refuses the secret %j, by which everyone could sign', (secret) => {
    expect(() => verifyWebhook({ headers: headersOf(genuine), body: BODY, secret, now: NOW })).toThrow(TypeError)
  })
})
