import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { newId } from '../kernel/ids.ts'
import { createStage, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../test/incidents/stage.ts'

const database = await testDatabase()
const stage = createStage(database)

beforeEach(() => stage.reset())
afterAll(() => stage.close())

describe('a secret that expires under 50 mailboxes', () => {
  it('is one incident and one alert that names them all, and all recover within a minute of the new secret', async () => {
    const cloudProviderId = await stage.provider()
    const accounts = await stage.accounts(50, { cloudProviderId })
    await stage.cloudProvider(cloudProviderId, 'needs-admin', 'cloud_providers.secret_expired')
    for (const { id } of accounts.slice(0, 10)) {
      await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    }
    await stage.look()
    // Other mailboxes fail before the alert is sent, and after it.
    for (const { id } of accounts.slice(10, 30)) {
      await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    }
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    for (const { id } of accounts.slice(30)) await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)

    const [incident, ...others] = await stage.open()
    expect(others).toEqual([])
    expect(incident).toMatchObject({ cause: 'provider', reason: { code: 'cloud_providers.secret_expired' } })
    expect(incident!.affected).toHaveLength(50)
    const [alert, ...more] = await stage.told()
    expect(more).toEqual([])
    for (const { address } of incident!.affected) expect(alert!.text).toContain(address)

    await stage.cloudProvider(cloudProviderId, 'connected')
    for (const { id } of accounts) await stage.account(id, 'connecting')
    await stage.pass(5 * SECOND_MS)
    expect(await stage.open()).toHaveLength(1)
    for (const { id } of accounts) await stage.account(id, 'connected')
    await stage.pass(5 * SECOND_MS)
    expect(await stage.open()).toEqual([])
    await stage.pass(MINUTE_MS, 5 * SECOND_MS)
    expect((await stage.told()).map(({ kind }) => kind)).toEqual(['incident.opened', 'incident.closed'])
  })
})

describe('an incident', () => {
  it('opens at once if a user must fix it, and alerts once the number of its mailboxes is stable', async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'needs-sign-in', 'tokens.grant_ended')
    await stage.look()
    expect(await stage.open()).toMatchObject([
      { cause: 'person', subject: { grantId: account!.grantId }, affected: [{ id: account!.id }] },
    ])
    expect(await stage.told()).toEqual([])
    await stage.pass(20 * SECOND_MS, 5 * SECOND_MS)
    expect(await stage.told()).toMatchObject([{ kind: 'incident.opened' }])
  })

  it('opens after five minutes of a transient error, and alerts after fifteen', async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'degraded', 'transports.unavailable')
    await stage.pass(5 * MINUTE_MS - 1, MINUTE_MS)
    expect(await stage.open()).toEqual([])
    await stage.pass(1)
    expect(await stage.open()).toMatchObject([{ cause: 'microsoft', reason: { code: 'transports.unavailable' } }])
    await stage.pass(10 * MINUTE_MS - 1, MINUTE_MS)
    expect(await stage.told()).toEqual([])
    await stage.pass(1)
    expect(await stage.told()).toHaveLength(1)
  })

  it('sends no alert when a transient error ends in time', async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'degraded', 'transports.throttled')
    await stage.pass(6 * MINUTE_MS, MINUTE_MS)
    await stage.account(account!.id, 'connected')
    await stage.pass(2 * HOUR_MS, MINUTE_MS)
    expect(await stage.all()).toMatchObject([{ closedAt: expect.any(Date) as Date, alertedAt: undefined }])
    expect(await stage.told()).toEqual([])
  })

  it('ends only after a successful read, not when an error disappears', async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
    await stage.look()
    await stage.account(account!.id, 'connecting')
    await stage.pass(MINUTE_MS, 5 * SECOND_MS)
    // A throttled mailbox is still not read.
    await stage.account(account!.id, 'degraded', 'transports.throttled')
    await stage.pass(MINUTE_MS, 5 * SECOND_MS)
    expect(await stage.open()).toMatchObject([{ cause: 'mailbox' }])
    await stage.account(account!.id, 'connected')
    await stage.look()
    expect(await stage.open()).toEqual([])
  })

  it('is reopened without a second alert when it returns within ten minutes', async () => {
    const [account] = await stage.accounts(1)
    for (let flap = 0; flap < 5; flap++) {
      await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
      await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
      await stage.account(account!.id, 'connected')
      await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    }
    await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    expect(await stage.all()).toMatchObject([{ reopened: 5, closedAt: undefined }])
    expect(await stage.told()).toHaveLength(1)
  })

  it('alerts again when it returns after the all-clear', async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    await stage.account(account!.id, 'connected')
    await stage.pass(2 * MINUTE_MS, 5 * SECOND_MS)
    await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    expect(await stage.all()).toHaveLength(1)
    expect(
      (await stage.told()).map(({ key, subject }) => [
        key.split(':').slice(2).join(':'),
        /^\[Postkey\] (Closed: |Again: |)/.exec(subject)![1],
      ]),
    ).toEqual([
      ['opened', ''],
      ['all-clear:0', 'Closed: '],
      ['again:1', 'Again: '],
    ])
  })

  it('alerts only three times while it starts and ends every minute and a half: start, end and return', async () => {
    const [account] = await stage.accounts(1)
    for (let flap = 0; flap < 20; flap++) {
      await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
      await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
      await stage.account(account!.id, 'connected')
      await stage.pass(90 * SECOND_MS, 5 * SECOND_MS)
    }
    const kinds = async () => (await stage.told()).map(({ key }) => key.split(':').slice(2).join(':'))
    expect(await kinds()).toEqual(['opened', 'all-clear:0', 'again:1'])
    // The final end sends an all-clear.
    await stage.pass(10 * MINUTE_MS, 30 * SECOND_MS)
    expect(await kinds()).toEqual(['opened', 'all-clear:0', 'again:1', 'all-clear:19'])
  })

  it('is a new incident when it returns later', async () => {
    const [account] = await stage.accounts(1)
    for (let time = 0; time < 2; time++) {
      await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
      await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
      await stage.account(account!.id, 'connected')
      await stage.pass(11 * MINUTE_MS, 30 * SECOND_MS)
    }
    expect(await stage.all()).toHaveLength(2)
    expect((await stage.told()).map(({ kind }) => kind)).toEqual([
      'incident.opened',
      'incident.closed',
      'incident.opened',
      'incident.closed',
    ])
  })

  it('reminds after 1, 4 and 12 hours, then daily, until it is acknowledged', async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'needs-sign-in', 'tokens.password_changed')
    await stage.pass(MINUTE_MS, 5 * SECOND_MS)
    const told = async () => (await stage.told()).length
    const reminded: number[] = []
    for (let hour = 1; hour <= 66; hour++) {
      const before = await told()
      await stage.pass(HOUR_MS)
      if ((await told()) > before) reminded.push(hour)
    }
    expect(reminded).toEqual([1, 5, 17, 41, 65])

    const [incident] = await stage.open()
    await stage.incidents.acknowledge(incident!.id, 'person:ada')
    const before = await told()
    await stage.pass(100 * HOUR_MS, 10 * HOUR_MS)
    expect(await told()).toBe(before)

    await stage.account(account!.id, 'connected')
    await stage.pass(2 * MINUTE_MS, 5 * SECOND_MS)
    expect((await stage.told()).at(-1)).toMatchObject({ kind: 'incident.closed' })
    const { timeline, acknowledgedBy } = await stage.incidents.get(incident!.id)
    expect(acknowledgedBy).toBe('person:ada')
    expect(timeline.map(({ kind }) => kind)).toEqual([
      'opened',
      'alerted',
      ...Array.from({ length: 5 }, () => 'reminded'),
      'acknowledged',
      'left',
      'closed',
      'all-clear',
    ])
    await expect(stage.incidents.acknowledge(incident!.id, 'person:ada')).rejects.toMatchObject({
      code: 'incidents.closed',
    })
    await expect(stage.incidents.get(newId())).rejects.toMatchObject({ code: 'incidents.not_found' })
  })

  it('is opened once when several processes check at the same time', async () => {
    const accounts = await stage.accounts(3, { cloudProviderId: await stage.provider() })
    for (const { id } of accounts) await stage.account(id, 'needs-admin', 'cloud_providers.secret_wrong')
    await Promise.all(Array.from({ length: 8 }, () => stage.look()))
    stage.clock.advance(30 * SECOND_MS)
    await Promise.all(Array.from({ length: 8 }, () => stage.look()))
    expect(await stage.all()).toHaveLength(1)
    expect(await stage.told()).toHaveLength(1)
  })

  it('is unique per cause, even if two keepers write without a lock', async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
    await stage.look()
    const again = database.pool.query(
      `INSERT INTO incidents (id, cause, cause_key, subject_name, code, since, opened_at)
       SELECT gen_random_uuid(), cause, cause_key, subject_name, code, since, opened_at FROM incidents`,
    )
    await expect(again).rejects.toMatchObject({ constraint: 'incidents_one_open_per_cause' })
  })

  it('follows a mailbox to another cause, and releases a paused or removed mailbox', async () => {
    const [one, two, three] = await stage.accounts(3, { cloudProviderId: await stage.provider() })
    for (const { id } of [one!, two!, three!]) await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    await stage.look()
    await stage.account(one!.id, 'needs-sign-in', 'tokens.grant_ended')
    await stage.account(two!.id, 'paused')
    await database.pool.query('DELETE FROM email_accounts WHERE id = $1', [three!.id])
    await stage.look()
    expect(await stage.open()).toMatchObject([{ cause: 'person', affected: [{ id: one!.id, until: undefined }] }])
    const [, provider] = await stage.all()
    expect(provider).toMatchObject({ cause: 'provider', closedAt: expect.any(Date) as Date })
    // The removed mailbox remains listed as affected.
    expect(provider!.affected).toHaveLength(3)
  })

  it('lists mailboxes that are still not read in its all-clear', async () => {
    const [again, paused, removed, other] = await stage.accounts(4, { cloudProviderId: await stage.provider() })
    const all = [again!, paused!, removed!, other!]
    const code = 'cloud_providers.secret_expired'
    for (const { id } of all) await stage.account(id, 'needs-admin', code)
    const [names] = await Promise.all([
      database.pool.query<{ id: string; address: string }>('SELECT id, address FROM email_accounts'),
      stage.pass(30 * SECOND_MS, 5 * SECOND_MS),
    ])
    const addressOf = (account: { id: string }) => names.rows.find(({ id }) => id === account.id)!.address
    await stage.account(again!.id, 'connected')
    await stage.account(paused!.id, 'paused')
    await database.pool.query('DELETE FROM email_accounts WHERE id = $1', [removed!.id])
    await stage.account(other!.id, 'needs-admin', 'transports.access_denied')
    await stage.pass(2 * MINUTE_MS, 5 * SECOND_MS)

    const { text } = (await stage.told()).find(({ key }) => key.includes('all-clear'))!
    const [, readAgain = '', ended = '', otherwise = ''] = text.split(
      /Receiving again |removed meanwhile|Still stopped/,
    )
    expect([...readAgain.matchAll(/\S+@\S+/g)].map(String)).toEqual([addressOf(again!)])
    expect([...ended.matchAll(/\S+@\S+/g)].map(String).sort()).toEqual([addressOf(paused!), addressOf(removed!)].sort())
    expect([...otherwise.matchAll(/\S+@\S+/g)].map(String)).toEqual([addressOf(other!)])
    expect(text).not.toContain('No action needed.')
  })

  it('blocks no other alerts when its own alert fails', async () => {
    const [bad, good] = await stage.accounts(2)
    for (const { id } of [bad!, good!]) await stage.account(id, 'needs-sign-in', 'tokens.grant_ended')
    await database.pool.query(`UPDATE grants SET ended_upstream = '{"errorCodes": 5}' WHERE id = $1`, [bad!.grantId])
    for (let seconds = 0; seconds < 30; seconds += 5) {
      stage.clock.advance(5 * SECOND_MS)
      await stage.look().catch(() => undefined)
    }
    expect((await stage.told()).map(({ key }) => key.endsWith(':opened'))).toEqual([true])
    await database.pool.query('UPDATE grants SET ended_upstream = NULL')
    await stage.look()
    expect(await stage.told()).toHaveLength(2)
  })

  it("has the code of the user's sign-in rather than that of the mailbox", async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'needs-sign-in', 'tokens.grant_ended')
    await stage.look()
    await stage.grant(account!.grantId, 'needs-sign-in', 'tokens.account_disabled')
    await stage.look()
    const [incident] = await stage.open()
    expect(incident!.reason.code).toBe('tokens.account_disabled')
    const { timeline } = await stage.incidents.get(incident!.id)
    expect(timeline).toMatchObject([
      { kind: 'opened', to: 'tokens.grant_ended' },
      { kind: 'reason-changed', from: 'tokens.grant_ended', to: 'tokens.account_disabled' },
    ])
  })

  it('opens for an ended sign-in before its mailboxes stop, but not for a sign-in without active mailboxes', async () => {
    const [account] = await stage.accounts(1)
    await stage.grant(account!.grantId, 'needs-sign-in', 'tokens.password_changed')
    const [unused] = await stage.accounts(1)
    await stage.account(unused!.id, 'paused')
    await stage.grant(unused!.grantId, 'needs-sign-in', 'tokens.password_changed')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    expect(await stage.open()).toMatchObject([{ subject: { grantId: account!.grantId }, affected: [] }])
    expect((await stage.told())[0]!.text).toContain('At risk, still working (1 mailbox):')
    expect((await stage.told())[0]!.subject).toMatch(/^\[Postkey\] 1 mailbox at risk: /)
    const [{ id }] = (await stage.open()) as [Awaited<ReturnType<typeof stage.open>>[number]]
    expect((await stage.incidents.get(id)).dependent).toMatchObject([{ id: account!.id }])
  })
})

describe('the grouping of failures', () => {
  it('combines a policy failure of 30 mailboxes with 30 users into one incident of the organization', async () => {
    const cloudProviderId = await stage.provider()
    const accounts = await stage.accounts(30, { cloudProviderId })
    await database.pool.query(`UPDATE grants SET tenant_id = '11111111-2222-3333-4444-555555555555'`)
    const [elsewhere] = await stage.accounts(1, { cloudProviderId })
    for (const { id } of [...accounts, elsewhere!]) await stage.account(id, 'needs-admin', 'tokens.blocked_by_policy')
    await stage.look()
    const found = (await stage.open()).map(({ cause, affected }) => [cause, affected.length])
    expect(found.sort()).toEqual([
      ['tenant-policy', 1],
      ['tenant-policy', 30],
    ])
  })

  it('assigns application access to the organization of the mailbox, not to that of the registration', async () => {
    const [stopped] = await stage.accounts(2, { cloudProviderId: await stage.provider() })
    const tenantId = '11111111-2222-3333-4444-555555555555'
    await database.pool.query(
      `UPDATE email_accounts SET principal = 'application', grant_id = NULL, principal_tenant_id = $1`,
      [tenantId],
    )
    await stage.account(stopped!.id, 'needs-admin', 'tokens.blocked_by_policy')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    expect(await stage.open()).toMatchObject([{ cause: 'tenant-policy', subject: { tenantId } }])
    const [alert] = await stage.told()
    expect(alert!.text).toContain('Also at risk, still working (1 mailbox):')
  })

  it('assigns an outage of nearly all mailboxes to the local network, and otherwise to Microsoft', async () => {
    const accounts = await stage.accounts(10)
    for (const { id } of accounts.slice(0, 8)) await stage.account(id, 'degraded', 'egress.unreachable')
    await stage.pass(6 * MINUTE_MS, MINUTE_MS)
    expect(await stage.open()).toMatchObject([{ cause: 'network' }])
    // The cause remains while the incident lasts, even if mailboxes fail or recover.
    await stage.account(accounts[0]!.id, 'connected')
    await stage.pass(MINUTE_MS)
    expect(
      (await stage.open()).map(({ cause, affected }) => [cause, affected.filter(({ until }) => !until).length]),
    ).toEqual([['network', 7]])
  })

  it("assigns an outage to Microsoft's cloud when most mailboxes are read", async () => {
    const accounts = await stage.accounts(10)
    for (const { id } of accounts.slice(0, 3)) await stage.account(id, 'degraded', 'egress.timed_out')
    await stage.account(accounts[3]!.id, 'degraded', 'tokens.endpoint_unavailable')
    await stage.pass(6 * MINUTE_MS, MINUTE_MS)
    expect((await stage.open()).map(({ cause, affected }) => [cause, affected.length])).toEqual([['microsoft', 4]])
  })

  it('assigns other failures to the mailbox, including codes unknown to this version', async () => {
    const [one, two] = await stage.accounts(2)
    await stage.account(one!.id, 'needs-admin', 'transports.mailbox_full')
    await stage.account(two!.id, 'degraded', 'email_accounts.silent')
    await stage.look()
    const [three] = await stage.accounts(1)
    await stage.account(three!.id, 'degraded', 'room.of_tomorrow')
    await stage.pass(6 * MINUTE_MS, MINUTE_MS)
    expect((await stage.open()).map(({ cause }) => cause)).toEqual(['mailbox', 'mailbox', 'mailbox'])
  })
})

describe('the recipients of an alert', () => {
  it('are contact and deputy of the Cloud Provider and the contacts of the mailboxes, without duplicates', async () => {
    const cloudProviderId = await stage.provider()
    const accounts = await stage.accounts(3, { cloudProviderId })
    await database.pool.query(
      `UPDATE cloud_providers SET contact = 'Ada@contoso.example', deputy = 'bo@contoso.example'`,
    )
    await database.pool.query(`UPDATE email_accounts SET contact = 'ada@contoso.example'`)
    await database.pool.query(`UPDATE email_accounts SET contact = 'cy@contoso.example' WHERE id = $1`, [
      accounts[0]!.id,
    ])
    for (const { id } of accounts) await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    await stage.look()
    await stage.pass(20 * SECOND_MS)
    const [alert] = await stage.told()
    expect(alert!.deliveries.map(({ recipient }) => recipient).sort()).toEqual([
      'ada@contoso.example',
      'bo@contoso.example',
      'cy@contoso.example',
    ])
  })

  it('exclude the failing mailbox: the deputy is alerted, and the alert names the excluded address', async () => {
    const [account] = await stage.accounts(1)
    await database.pool.query(`UPDATE email_accounts SET address = 'admin@contoso.example' WHERE id = $1`, [
      account!.id,
    ])
    await database.pool.query(`UPDATE cloud_providers SET deputy = 'bo@contoso.example'`)
    await stage.account(account!.id, 'needs-sign-in', 'tokens.grant_ended')
    await stage.look()
    await stage.pass(20 * SECOND_MS)
    const [alert] = await stage.told()
    expect(alert!.deliveries.map(({ recipient, reason }) => [recipient, reason?.code]).sort()).toEqual([
      ['admin@contoso.example', 'alerts.recipient_is_affected'],
      ['bo@contoso.example', 'alerts.relay_missing'],
    ])
  })

  it('are the admins of Postkey when no other recipient is left', async () => {
    const [account] = await stage.accounts(1)
    await database.pool.query(`UPDATE email_accounts SET address = 'admin@contoso.example' WHERE id = $1`, [
      account!.id,
    ])
    await database.pool.query(
      `INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
       VALUES ($1, 'Ada', 'ada@home.example', true, 'admin', now(), now()), ($2, 'Agent', 'agent@home.example', true, 'agent', now(), now())`,
      [newId(), newId()],
    )
    await stage.account(account!.id, 'needs-sign-in', 'tokens.grant_ended')
    await stage.look()
    await stage.pass(20 * SECOND_MS)
    const [alert] = await stage.told()
    expect(alert!.deliveries.filter(({ reason }) => reason?.code !== 'alerts.recipient_is_affected')).toMatchObject([
      { recipient: 'ada@home.example' },
    ])
    await database.pool.query('DELETE FROM users')
  })

  it('receive the failure, its start, the mailboxes, who can fix it, where, with which command, and a link', async () => {
    const [account] = await stage.accounts(1)
    await database.pool.query(`UPDATE email_accounts SET address = 'support@contoso.example', name = 'Support'`)
    await database.pool.query(`UPDATE cloud_providers SET name = 'Contoso'`)
    await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
    await stage.look()
    const since = stage.clock.now()
    await stage.pass(20 * SECOND_MS)
    const [{ subject, text }] = (await stage.told()) as [Awaited<ReturnType<typeof stage.told>>[number]]
    expect(subject).toBe('[Postkey] support@contoso.example stopped: Exchange denied access to the mailbox')
    const [{ id }] = (await stage.open()) as [Awaited<ReturnType<typeof stage.open>>[number]]
    for (const part of [
      'Source: Support (Cloud Provider Contoso)',
      `Since: ${since.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      'Who can fix it: An admin of Microsoft 365 in the organization',
      'Steps: ',
      'In Exchange Online PowerShell:',
      "Add-MailboxPermission -Identity 'support@contoso.example' -User 'alex@contoso.example'",
      'support@contoso.example  (Support)',
      `https://postkey.contoso.example/incidents/${id}`,
    ]) {
      expect(text).toContain(part)
    }
    expect(text).not.toMatch(/undefined|null|\{|NaN|<person>|<mailbox>/)
    // No sentence occurs twice.
    const sentences = text.split(/(?<=[.:])\s+/).filter((each) => each.length > 20)
    expect(new Set(sentences).size).toBe(sentences.length)
  })
})

it('restricts users with access to some mailboxes to incidents and entries of these mailboxes', async () => {
  const cloudProviderId = await stage.provider()
  const [mine, theirs] = await stage.accounts(2, { cloudProviderId })
  const [other] = await stage.accounts(1)
  for (const { id } of [mine!, theirs!]) await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
  await stage.account(other!.id, 'needs-sign-in', 'tokens.grant_ended')
  await stage.look()
  const { incidents } = await stage.incidents.list({ emailAccountIds: [mine!.id], limit: 10 })
  expect(incidents.map(({ cause, affected }) => [cause, affected.map(({ id }) => id)])).toEqual([
    ['provider', [mine!.id]],
  ])
  expect((await stage.incidents.list({ emailAccountIds: [], limit: 10 })).incidents).toEqual([])
  expect(await stage.incidents.openCounts()).toEqual({ provider: 1, person: 1 })
})

it('sends an event when it opens, once to admins and once per affected mailbox', async () => {
  const accounts = await stage.accounts(3, { cloudProviderId: await stage.provider() })
  for (const { id } of accounts) await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
  const before = (await stage.events.list({ emailAccountIds: 'all', limit: 500 })).events.at(-1)?.id
  await stage.look()
  const { events } = await stage.events.list({ emailAccountIds: 'all', after: before, limit: 500 })
  expect(events.map(({ kind }) => kind)).toEqual([
    'incident.opened',
    'incident.joined',
    'incident.joined',
    'incident.joined',
  ])
  const { events: seen } = await stage.events.list({ emailAccountIds: [accounts[0]!.id], after: before, limit: 500 })
  expect(seen.map(({ kind }) => kind)).toEqual(['incident.joined'])
})
