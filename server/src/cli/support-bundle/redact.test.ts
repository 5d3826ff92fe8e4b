import { describe, expect, it } from 'vitest'
import { loadClouds } from '../../cloud-providers/index.ts'
import { createHiding, type HiddenNames } from './redact.ts'

const hidden = (text: string, names: HiddenNames = []) => createHiding(names).hide(text)

describe('a text of a support bundle', () => {
  it.each([
    ['connect ECONNREFUSED 10.0.0.5:993', 'connect ECONNREFUSED [IP address]:993'],
    ['connect ECONNREFUSED 2001:db8::5:993', 'connect ECONNREFUSED [IP address]'],
    ['connect EHOSTUNREACH fd00:0:0:0:0:0:0:5:993', 'connect EHOSTUNREACH [IP address]:993'],
    ['from [fe80::1%eth0] at 10:20:30', 'from [[IP address]] at 10:20:30'],
    ['getaddrinfo ENOTFOUND imap.customer.example', 'getaddrinfo ENOTFOUND [host]'],
    ['getaddrinfo ENOTFOUND mailserver', 'getaddrinfo ENOTFOUND [host]'],
    ['altnames: DNS:*.customer.com, DNS:müller.de.', 'altnames: DNS:*.[host], DNS:[host].'],
    ['501 box@mail.customer.com', '501 b…@m….c….com'],
    [
      'imaps://user:pass@mail.customer.com:993/x and postgresql://db/postkey',
      'imaps://[removed]@[host]:993/x and postgresql://[host]/postkey',
    ],
    ['contoso.onmicrosoft.com, CONTOSO.COM, notmicrosoft.com', '[host], [host], [host]'],
  ])('has no host and no address: %s', (text, left) => {
    expect(hidden(text)).toBe(left)
  })

  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432, ::1:5432, http://localhost:8400',
    'database.unavailable, http.proxy_changes_host at 10:20:30.123',
    'Mail.Read, Mail.ReadWrite.Shared, IMAP.AccessAsUser.All in server.ts:12 of PostgreSQL 18.4',
    'https://learn.microsoft.com/x, https://admin.microsoft.com, outlook.office365.com',
  ])('keeps what is the same everywhere: %s', (text) => {
    expect(hidden(text)).toBe(text)
  })

  it('keeps the hosts of the Microsoft clouds', async () => {
    const hosts = (await loadClouds(undefined))
      .list()
      .flatMap((cloud) => [
        ...[cloud.authority, cloud.graphRoot, cloud.portal, ...Object.values(cloud.scopePrefixes)],
        ...[cloud.imap, cloud.smtp, cloud.personalSmtp ?? cloud.smtp].map(({ host }) => host),
      ])

    for (const host of hosts) expect(hidden(host)).toBe(host)
  })

  it('has labels for names: the longest first, in any case, whole words only, two letters in the same case only', () => {
    const names = ['Sales', 'Sales "EU" (1)', 'It', 'x'].map((name) => ({ name, label: `[${name.length}]` }))

    expect(hidden('SALES "eu" (1), sales, Salesman, It, it, x, \\"Sales \\\\"EU\\\\" (1)\\"', names)).toBe(
      '[14], [5], Salesman, [2], it, x, \\"[5] \\\\"EU\\\\" (1)\\"',
    )
  })
})
