/**
 * Protocols of a mailbox at a local Microsoft 365: switched without another sign-in, tested first, shown with their
 * reason.
 */
import { describe, expect, it } from 'vitest'
import { createConnectingStage } from '../../../test/kit/index.ts'

const ANNA = 'anna@contoso.example'
const SUPPORT = 'support@contoso.example'

interface Account {
  id: string
  sendsBy: string
  receivesBy: string
  protocolReasons: { sends: { kind: string; words: string; reason?: object }; receives: { kind: string } }
  preflight: { checks: { what: string; outcome: string; code?: string }[] }
}

const { ask, admin, newCloudProvider, grantOf, database } = await createConnectingStage()
const both = await newCloudProvider({ exchange: ['IMAP.AccessAsUser.All', 'SMTP.Send'] })
const grantOfBoth = await grantOf(both, ANNA, { alsoBy: ['imap', 'smtp'] })
const MEGABYTE = 1024 * 1024
const BY_SMTP = { protocol: 'smtp', isPermitted: true, messageBytes: 25 * MEGABYTE, attachmentBytes: 25 * MEGABYTE }
let keys = 0

async function associate(address: string, kind: 'user' | 'shared', grantId: string = grantOfBoth): Promise<Account> {
  const body = { address, kind, grantId, name: address, key: `R${++keys}`, contact: 'ada@contoso.example' }
  const answer = await ask('POST /v1/email-accounts', { as: admin, body })
  expect(answer.status, answer.text).toBe(201)
  return answer.body as Account
}

async function limitsOf(id: string): Promise<unknown> {
  return (await ask(`GET /v1/email-accounts/${id}/limits`, { as: admin })).body
}

function patch(id: string, body: object) {
  return ask(`PATCH /v1/email-accounts/${id}`, { as: admin, body })
}

describe('the protocols of a mailbox', () => {
  it('are Graph in both directions by default, with the reason', async () => {
    const account = await associate(ANNA, 'user')

    expect(account).toMatchObject({ receivesBy: 'graph', sendsBy: 'graph' })
    expect(account.protocolReasons).toMatchObject({ receives: { kind: 'usual' }, sends: { kind: 'usual' } })

    const changed = await patch(account.id, { sendsBy: 'smtp', receivesBy: 'imap' })

    expect(changed.status, changed.text).toBe(200)
    expect(changed.body).toMatchObject({
      receivesBy: 'imap',
      sendsBy: 'smtp',
      protocolReasons: { receives: { kind: 'chosen' }, sends: { kind: 'chosen', words: 'Selected by an admin.' } },
    })
    const audit = await database.db
      .selectFrom('audit_entries')
      .select(['action', 'detail'])
      .where('subject', '=', account.id)
      .where('action', '=', 'email_account.changed')
      .execute()
    expect(audit).toMatchObject([{ detail: { receivesBy: 'imap', sendsBy: 'smtp' } }])
  })

  it('include sender checks by Microsoft, so no other server can be named', async () => {
    const [{ id }] = ((await ask('GET /v1/email-accounts', { as: admin })).body as { emailAccounts: [Account] })
      .emailAccounts
    expect((await patch(id, { trustedAuthServId: 'mx.contoso.example' })).body).toMatchObject({
      code: 'email_accounts.senders_checked_by_microsoft',
    })
    expect((await patch(id, { joinsBySubject: true })).body).toMatchObject({ joinsBySubject: true })
  })

  it.each([
    ['the own mailbox', ANNA, 'user'],
    ['a shared mailbox', SUPPORT, 'shared'],
  ] as const)('send for %s by SMTP, in its own name', async (_what, address, kind) => {
    const { id } =
      kind === 'user'
        ? ((await ask('GET /v1/email-accounts', { as: admin })).body as { emailAccounts: Account[] }).emailAccounts[0]!
        : await associate(address, kind)
    if (kind === 'shared') {
      expect(await limitsOf(id)).toMatchObject({ attachmentBytes: 3 * MEGABYTE - 1, otherProtocol: BY_SMTP })
    }
    expect((await patch(id, { sendsBy: 'smtp', receivesBy: 'graph' })).status).toBe(200)
    expect(await limitsOf(id)).toMatchObject({ attachmentBytes: 25 * MEGABYTE })
    expect(await limitsOf(id)).not.toHaveProperty('otherProtocol')

    const tested = await ask(`POST /v1/email-accounts/${id}/send-test`, { as: admin })

    expect(tested.status, tested.text).toBe(200)
    expect((tested.body as Account).preflight.checks.find(({ what }) => what === 'sends')).toEqual({
      what: 'sends',
      outcome: 'ok',
    })
  })

  it('are refused without the permissions of the sign-in, and nothing is changed', async () => {
    const provider = await newCloudProvider()
    const account = await associate('ben@contoso.example', 'user', await grantOf(provider, 'ben@contoso.example'))

    for (const body of [{ sendsBy: 'smtp' }, { receivesBy: 'imap' }]) {
      const refused = await patch(account.id, body)
      expect(refused.body).toMatchObject({ code: 'tokens.scope_not_granted', remedy: 'sign-in' })
    }
    const after = await ask(`GET /v1/email-accounts/${account.id}`, { as: admin })
    expect(after.body).toMatchObject({ receivesBy: 'graph', sendsBy: 'graph' })
  })
})
