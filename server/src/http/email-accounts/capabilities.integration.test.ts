/** Capability checks of a mailbox at the local Microsoft 365, before and after it is associated. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import { createConnectingStage } from '../../../test/kit/index.ts'

const { ask, admin, newCloudProvider, grantOf, database, rooms, sandbox } = await createConnectingStage()

const SUPPORT = 'support@contoso.example'

let cloudProviderId: CloudProviderId
/** Has Full Access and Send As. */
let anna: GrantId
/** Has only Full Access. */
let ben: GrantId

beforeAll(async () => {
  cloudProviderId = await newCloudProvider()
  anna = await grantOf(cloudProviderId, 'anna@contoso.example')
  ben = await grantOf(cloudProviderId, 'ben@contoso.example')
})

interface PreflightCheck {
  what: string
  outcome: string
  code?: string
  title?: string
  fix?: string
}

interface CheckedAccount {
  id: string
  state: string
  preflight: { checks: PreflightCheck[] }
}

let keys = 0

async function associate(address: string, grantId: GrantId, kind = 'shared'): Promise<CheckedAccount> {
  const body = { address, kind, grantId, name: 'Support', key: `K${++keys}`, contact: 'ada@contoso.example' }
  const answer = await ask('POST /v1/email-accounts', { as: admin, body })
  expect(answer.status, answer.text).toBe(201)
  return answer.body as CheckedAccount
}

async function remove({ id }: CheckedAccount): Promise<void> {
  await ask(`DELETE /v1/email-accounts/${id}`, { as: admin })
}

async function sendTest({ id }: CheckedAccount) {
  const answer = await ask(`POST /v1/email-accounts/${id}/send-test`, { as: admin })
  return { status: answer.status, check: checkOf(answer.body as CheckedAccount, 'sends') }
}

async function preflight(address: string, grantId: GrantId) {
  const answer = await ask('POST /v1/email-accounts/preflight', {
    as: admin,
    body: { address, kind: 'shared', grantId },
  })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as CheckedAccount['preflight']
}

const checkOf = ({ preflight: { checks } }: Pick<CheckedAccount, 'preflight'>, what: string) =>
  checks.find((check) => check.what === what)

describe('the test mail', () => {
  it('proves that a mailbox can send in its own name, and arrives there', async () => {
    const account = await associate(SUPPORT, anna)
    expect(checkOf(account, 'sends')).toEqual({ what: 'sends', outcome: 'not-tried' })

    expect(await sendTest(account)).toEqual({ status: 200, check: { what: 'sends', outcome: 'ok' } })

    await sandbox.advance(60_000)
    const transport = await rooms.emailAccounts.transportOf(await rooms.emailAccounts.get(account.id as never))
    const inbox = (await transport.reading.listFolders()).find(({ role }) => role === 'inbox')!
    const page = await transport.reading
      .changes(inbox.remoteId, undefined, { since: new Date(0) })
      [Symbol.asyncIterator]()
      .next()
    const subjects = (page.value as { upserts: { subject: string }[] }).upserts.map(({ subject }) => subject)
    expect(subjects).toContain('Postkey: this mailbox can send')
    await remove(account)
  })

  it('without Send As fails its check with a fix, without an error response or a draft, and stays failed in later checks', async () => {
    const account = await associate(SUPPORT, ben)

    const { status, check } = await sendTest(account)

    expect(status).toBe(200)
    expect(check).toMatchObject({ what: 'sends', outcome: 'wrong', code: 'transports.send_as_denied' })
    expect(check?.title).toBeTruthy()
    expect(check?.fix).toContain('Add-RecipientPermission')
    const transport = await rooms.emailAccounts.transportOf(await rooms.emailAccounts.get(account.id as never))
    const drafts = (await transport.reading.listFolders()).find(({ role }) => role === 'drafts')
    expect(drafts?.totalCount).toBe(0)
    const checked = await ask(`POST /v1/email-accounts/${account.id}/check`, { as: admin })
    expect(checkOf(checked.body as CheckedAccount, 'sends')).toEqual(check)
    expect((checked.body as CheckedAccount).state).not.toBe('needs-admin')
    await remove(account)
  })

  it('distinguishes Send on Behalf from Send As, because customers see another name', async () => {
    const account = await associate('billing@contoso.example', anna)

    const { status, check } = await sendTest(account)

    expect(status).toBe(200)
    expect(check).toMatchObject({ what: 'sends', outcome: 'wrong', code: 'email_accounts.sends_on_behalf' })
    await remove(account)
  })

  it('is not sent from a paused mailbox', async () => {
    const account = await associate(SUPPORT, anna)
    await ask(`POST /v1/email-accounts/${account.id}/pause`, { as: admin })

    const answer = await ask(`POST /v1/email-accounts/${account.id}/send-test`, { as: admin })

    expect(answer).toMatchObject({ status: 409, body: { code: 'email_accounts.paused' } })
    await remove(account)
  })
})

describe('a mailbox that cannot be opened', () => {
  it.each([
    ['without Full Access', 'billing@contoso.example', 'transports.access_denied', 'Add-MailboxPermission'],
    ['that does not exist', 'nobody@contoso.example', 'transports.mailbox_not_found', 'address'],
  ])('%s has a failed check with reason and fix before it is associated', async (_which, address, code, words) => {
    const { checks } = await preflight(address, ben)

    const wrong = checks.filter(({ outcome }) => outcome === 'wrong')
    expect(wrong).toHaveLength(1)
    expect(wrong[0]).toMatchObject({ code })
    expect(wrong[0]!.fix).toContain(words)
    expect(await database.db.selectFrom('email_accounts').selectAll().execute()).toEqual([])
  })

  it('starts in a state with the same reason', async () => {
    const account = await associate('nobody@contoso.example', ben)

    const answer = await ask(`GET /v1/email-accounts/${account.id}`, { as: admin })

    expect(answer.body).toMatchObject({
      state: 'needs-admin',
      reason: { code: 'transports.mailbox_not_found', remedy: 'admin' },
    })
    await remove(account)
  })
})
