import { describe, expect, it } from 'vitest'
import type { AlertRelay } from '../../../api/client.ts'
import { toRelay, relayInput, withSecurity } from './relay-input.ts'

const STORED: AlertRelay = {
  ...{ host: 'relay.example', port: 465, security: 'tls', userName: 'postkey', hasPassword: true },
  ...{ from: 'postkey@example.com', changedAt: '2026-03-02T10:00:00Z' },
}

describe('the form of the mail relay', () => {
  it('sends no password unless one was typed, so that the stored one is kept', () => {
    expect(toRelay(relayInput(STORED))).toEqual({
      ...{ host: 'relay.example', port: 465, security: 'tls', userName: 'postkey', from: 'postkey@example.com' },
    })
    expect(toRelay({ ...relayInput(STORED), password: ' spaces count ' }).password).toBe(' spaces count ')
  })

  it('sends no user name unless one was typed', () => {
    expect(toRelay({ ...relayInput(undefined), host: ' r.example ', userName: ' ', from: 'a@example.com' })).toEqual({
      ...{ host: 'r.example', port: 587, security: 'starttls', from: 'a@example.com' },
    })
  })

  it('changes the port with the encryption, but keeps a chosen one', () => {
    const request = relayInput(undefined)
    expect(withSecurity(request, 'tls').port).toBe(465)
    expect(withSecurity({ ...request, port: 2525 }, 'tls').port).toBe(2525)
  })
})
