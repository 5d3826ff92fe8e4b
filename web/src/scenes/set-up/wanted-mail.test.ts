import { expect, it } from 'vitest'
import { keyOfWanted, type WantedMail } from './wanted-mail.ts'

const server = { host: 'mail.shop.test', port: 993, tls: 'implicit' } as const
const servers = { imap: server, smtp: server, userName: 'kim' }
const wanted = (password: string): WantedMail => ({ address: 'kim@shop.test', kind: 'user', servers, password })

it('tells trials with different passwords apart, and has none of them in the key', () => {
  const [first, second] = [wanted('seven kettles'), wanted('six kettles')]

  expect(keyOfWanted(first)).toEqual(keyOfWanted(first))
  expect(keyOfWanted(first)).not.toEqual(keyOfWanted(second))
  expect(JSON.stringify(keyOfWanted(first))).not.toContain('kettles')
})

it('is the same for what is wanted without a password, however often it is written down', () => {
  const byGrant = (): WantedMail => ({ address: 'kim@shop.test', kind: 'user', grantId: 'g' })

  expect(keyOfWanted(byGrant())).toEqual(byGrant())
})
