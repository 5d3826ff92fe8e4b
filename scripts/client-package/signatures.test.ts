import fc from 'fast-check'
import { expect, it } from 'vitest'
import { verifyWebhook } from '../../client/src/index.ts'
import { Secret } from '../../server/src/kernel/secret.ts'
import { signDelivery } from '../../server/src/webhooks/post.ts'

it('the client accepts what the server signs, for any body, with the new and the previous secret', () => {
  const secret = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((key) => `whsec_${Buffer.from(key).toString('base64')}`)
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 1 }), secret, secret, fc.nat(4e9), (body, id, next, previous, seconds) => {
      const sign = (one: string) => signDelivery(new Secret(one), String(id), String(seconds), body)
      const headers = {
        'webhook-id': String(id),
        'webhook-timestamp': String(seconds),
        'webhook-signature': [next, previous].map(sign).join(' '),
      }
      for (const known of [next, previous, [previous, next]]) {
        const now = new Date(seconds * 1000)
        expect(verifyWebhook({ headers, body: Buffer.from(body), secret: known, now })).toEqual(JSON.parse(body))
      }
    }),
  )
})
