import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createCommandLine } from '../../../test/cli/command-line.ts'
import { CONTOSO, createBatchStage } from '../../../test/kit/index.ts'

const stage = await createBatchStage()
const { run, json } = createCommandLine({ ...stage.rooms, clock: stage.clock } as never)
const folder = mkdtempSync(join(tmpdir(), 'postkey-connect-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => stage.removeAll())

function file(text: string): string {
  const path = join(folder, 'mailboxes.csv')
  writeFileSync(path, text)
  return path
}

const connect = ['email-account', 'connect'] as const
const BY_APPLICATION = ['--cloud-provider', 'Contoso mail'] as const

describe('email-account connect', () => {
  it('connects the mailboxes of a file with progress, and again only those that failed', async () => {
    const [first, second] = await stage.addShared('terminal', 2)
    const path = file(`address\n${first}\nabsent@contoso.example\n${second}\n`)
    const ran = await run(...connect, path, ...BY_APPLICATION, '--import-days', '7')
    expect(ran.code).toBe(1)
    expect(ran.printed).toContain('3  absent@contoso.example')
    expect(ran.printed).toContain('transports.mailbox_not_found')
    expect(ran.printed).toContain('2 of 3 connected, 0 known before, 1 failed, 0 left.')
    expect(ran.complained).toContain('of 3 connected')
    expect((await stage.rooms.emailAccounts.list()).map(({ address }) => address).sort()).toEqual([first, second])

    await stage.control('POST', '/api/mailboxes', {
      mailboxes: [{ address: 'absent@contoso.example', kind: 'shared' }],
    })
    const again = await json(...connect, path, ...BY_APPLICATION)
    expect(again).toMatchObject({ status: 'completed', counts: { connected: 1, 'already-connected': 2 }, failed: [] })
    const fine = await run(...connect, path, ...BY_APPLICATION)
    expect([fine.code, (await stage.rooms.emailAccounts.list()).length]).toEqual([0, 3])
  })

  it('names the wrong lines, and connects nothing', async () => {
    const ran = await run(...connect, file('address,kind\nsupport@contoso.example,team\n'), ...BY_APPLICATION)
    expect(ran.code).toBe(3)
    expect(ran.complained).toContain('Line 2, kind: expected "user" or "shared". Correct kind in line 2.')
    expect(await stage.rooms.emailAccounts.list()).toEqual([])
  })

  it('names the number of mailboxes that one call connects', async () => {
    const addresses = Array.from({ length: 501 }, (_, index) => `a${index}@contoso.example`)
    const ran = await run(...connect, file(addresses.join('\n')), ...BY_APPLICATION)
    expect(ran.code).toBe(3)
    expect(ran.complained).toContain('Expected 1 to 500 mailboxes.')
  })

  it('connects by the sign-in of a user', async () => {
    await stage.grantOf(await stage.newCloudProvider(), 'ben@contoso.example')
    const path = file('support@contoso.example\n')
    expect((await run(...connect, path, '--sign-in', 'Ben@contoso.example')).code).toBe(0)
    const [account] = await stage.rooms.emailAccounts.list()
    expect(account).toMatchObject({ principal: { kind: 'grant' }, kind: 'shared' })
  })

  it.each([
    [['--kind', 'team', ...BY_APPLICATION], 2],
    [['--import-days', 'x', ...BY_APPLICATION], 2],
    [['--import-days', '3651', ...BY_APPLICATION], 2],
    [['--tenant', 'contoso', ...BY_APPLICATION], 2],
    [['--tenant', CONTOSO.tenantId, '--sign-in', 'ben@contoso.example'], 2],
    [['--tenant', '0197b2a4-0a11-7b3f-9c55-3f6e7d8a9b10', ...BY_APPLICATION], 3],
    [[], 2],
    [['--sign-in', 'unknown@contoso.example'], 3],
    [['--cloud-provider', 'Nowhere'], 3],
  ])('refuses %j', async (options, code) => {
    expect((await run(...connect, file('support@contoso.example'), ...options)).code).toBe(code)
  })

  it('says that a file can’t be read', async () => {
    const ran = await run(...connect, join(folder, 'absent.csv'), ...BY_APPLICATION)
    expect(ran.code).toBe(3)
    expect(ran.complained).toContain('account_batches.file_unreadable')
  })

  it('connects no mailboxes of other Cloud Providers', async () => {
    const [address] = await stage.addShared('other', 1)
    const { clientId, secret } = await stage.registered()
    const cloudProviderId = await stage.addProvider(clientId, secret.value, 'counted')
    const other = await stage.create({ applicationOf: { cloudProviderId }, rows: [{ address: 'x@contoso.example' }] })
    const tenant = ['--tenant', CONTOSO.tenantId.toUpperCase()]
    expect((await run(...connect, file(address!), '--cloud-provider', stage.provider, ...tenant)).code).toBe(0)
    expect(await stage.get(other)).toMatchObject({ status: 'running', counts: { waiting: 1 } })
  })
})
