import { describe, expect, it } from 'vitest'
import type { ServerPreset } from '../../api/client.ts'
import {
  certificateCommand,
  missingIn,
  NO_SERVERS,
  presetFor,
  toServers,
  serversInput,
  withPreset,
  withTls,
} from './servers-input.ts'

const GMX: ServerPreset = {
  ...{ id: 'gmx', name: 'GMX', domains: ['gmx.de', 'gmx.net'], password: 'own' },
  imap: { host: 'imap.gmx.net', port: 993, tls: 'implicit' },
  smtp: { host: 'mail.gmx.net', port: 587, tls: 'starttls' },
}

describe('the servers of a mailbox, as they are typed', () => {
  it('are filled in for an address of a known provider only', () => {
    expect(presetFor(' Kim@GMX.de ', [GMX])).toBe(GMX)
    expect(presetFor('kim@notgmx.de', [GMX])).toBeUndefined()
    expect(presetFor('kim', [GMX])).toBeUndefined()
    const servers = toServers(withPreset({ ...NO_SERVERS, password: 'x' }, GMX), 'kim@gmx.de')
    expect(servers).toEqual({ imap: GMX.imap, smtp: GMX.smtp, userName: 'kim@gmx.de' })
  })

  it('follow the TLS mode with the usual port, but keep a typed one', () => {
    expect(withTls(NO_SERVERS.smtp, 'smtp', 'starttls')).toMatchObject({ tls: 'starttls', port: '587' })
    expect(withTls({ ...NO_SERVERS.imap, port: '1993' }, 'imap', 'starttls')).toMatchObject({ port: '1993' })
  })

  it('list missing fields before anything is tried', () => {
    expect(missingIn(NO_SERVERS)).toEqual(['imap.host', 'smtp.host', 'password'])
    const typed = withPreset({ ...NO_SERVERS, password: 'secret' }, GMX)
    expect(missingIn(typed)).toEqual([])
    expect(missingIn({ ...typed, imap: { ...typed.imap, port: '70000', host: 'imap .example' } })).toEqual([
      'imap.host',
      'imap.port',
    ])
  })

  it('are restored from stored settings without a password', () => {
    const kept = toServers({ ...withPreset(NO_SERVERS, GMX), ca: '  PEM  ' }, 'kim@gmx.de')
    expect(serversInput(kept)).toMatchObject({ ca: 'PEM', password: '', userName: 'kim@gmx.de' })
  })

  it('have a command that shows the certificate of a server, with STARTTLS where needed', () => {
    expect(certificateCommand({ host: 'imap.example.com', port: '993', tls: 'implicit' }, 'imap')).toContain(
      '-connect imap.example.com:993 -servername imap.example.com -showcerts',
    )
    expect(certificateCommand({ host: 'mx', port: '587', tls: 'starttls' }, 'smtp')).toContain('-starttls smtp')
  })
})
