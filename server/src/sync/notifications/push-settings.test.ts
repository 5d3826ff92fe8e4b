import { describe, expect, it } from 'vitest'
import { pushSettings } from './push-settings.ts'

describe('notifications of new mail', () => {
  it.each([
    ['https://mail.contoso.example', 'user', false, undefined],
    ['http://mail.contoso.example', 'user', false, 'sync.push_needs_public_url'],
    ['http://localhost:3000', 'user', false, 'sync.push_needs_public_url'],
    ['https://localhost', 'user', false, 'sync.push_needs_public_url'],
    ['http://localhost:3000', 'user', true, undefined],
    ['http://mail.contoso.example', 'user', true, 'sync.push_needs_public_url'],
    ['https://mail.contoso.example', 'shared', false, 'sync.push_not_for_shared'],
  ] as const)(
    'at %s for a mailbox of kind %s (local cloud: %s): error %s',
    (url, kind, allowsHttpLoopback, refused) => {
      const settings = pushSettings({ publicUrl: new URL(url), kind, principal: { kind: 'grant' }, allowsHttpLoopback })

      expect('unavailable' in settings ? settings.unavailable.code : undefined).toBe(refused)
    },
  )

  it('are available for a shared mailbox opened by the application itself', () => {
    const publicUrl = new URL('https://mail.contoso.example')
    const principal = { kind: 'application' } as const
    expect(pushSettings({ publicUrl, kind: 'shared', principal, allowsHttpLoopback: false })).toHaveProperty(
      'notificationUrl',
    )
  })

  it('use our public address', () => {
    const publicUrl = new URL('https://contoso.example/')
    expect(pushSettings({ publicUrl, kind: 'user', principal: { kind: 'grant' }, allowsHttpLoopback: false })).toEqual({
      notificationUrl: 'https://contoso.example/graph/notifications',
      lifecycleNotificationUrl: 'https://contoso.example/graph/notifications',
    })
  })
})
