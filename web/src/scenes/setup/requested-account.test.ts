import { expect, it } from 'vitest'
import { requestKey, type RequestedAccount } from './requested-account.ts'

const server = { host: 'mail.shop.test', port: 993, tls: 'implicit' } as const
const servers = { imap: server, smtp: server, userName: 'kim' }
const wanted = (password: string): RequestedAccount => ({ address: 'kim@shop.test', kind: 'user', servers, password })

it('distinguishes checks with different passwords, without a password in the key', () => {
  const [first, second] = [wanted('seven kettles'), wanted('six kettles')]

  expect(requestKey(first)).toEqual(requestKey(first))
  expect(requestKey(first)).not.toEqual(requestKey(second))
  expect(JSON.stringify(requestKey(first))).not.toContain('kettles')
})

it('is the same for equal requests without a password', () => {
  const byGrant = (): RequestedAccount => ({ address: 'kim@shop.test', kind: 'user', grantId: 'g' })

  expect(requestKey(byGrant())).toEqual(byGrant())
})
