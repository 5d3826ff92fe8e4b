/**
 * Doctor checks of a mailbox with application access, against the sandbox: its roles compared with the requested roles.
 */
import { beforeEach, expect, it, describe } from 'vitest'
import type { CloudProviderId, EmailAccountId } from '../kernel/ids.ts'
import {
  consentToAll,
  CONTOSO,
  createConnectingStage,
  letInto,
  openSandboxDirectory,
  type RegisteredApplication,
  type SandboxDirectory,
} from '../../test/kit/index.ts'

const SUPPORT = 'support@contoso.example'
const { rooms, sandbox, database, ask, admin, registered, addProvider } = await createConnectingStage()

let directory: SandboxDirectory
let app: RegisteredApplication
let provider: CloudProviderId
let id: EmailAccountId

beforeEach(async () => {
  await database.db.deleteFrom('email_accounts').execute()
  directory = await openSandboxDirectory(sandbox)
  app = await registered()
  provider = await addProvider(app.clientId, app.secret.value)
})

async function associate(): Promise<void> {
  const applicationOf = { cloudProviderId: provider }
  const body = { address: SUPPORT, kind: 'shared', applicationOf, name: 'Support', key: 'SUP', contact: CONTOSO.admin }
  const answer = await ask('POST /v1/email-accounts', { as: admin, body })
  expect(answer.status, answer.text).toBe(201)
  id = (answer.body as { id: EmailAccountId }).id
}

async function lineOf(wanted: 'sign-in' | 'token' | 'mailbox' | 'person') {
  const { lines } = await rooms.doctor.examineAccount(id)
  return lines.find(({ what }) => what === wanted)!
}

const rolesShown = ({ facts }: Awaited<ReturnType<typeof lineOf>>) => facts.find(({ name }) => name === 'roles')?.value

describe('the doctor for a mailbox with application access', () => {
  it('accepts a token without roles when Exchange names the mailboxes', async () => {
    await letInto(sandbox, app.clientId, [SUPPORT])
    await associate()

    const token = await lineOf('token')
    expect(token).toMatchObject({ outcome: 'ok', title: expect.stringContaining('Exchange') as string })
    expect(rolesShown(token)).toBe('none')
    expect(await lineOf('mailbox')).toMatchObject({ outcome: 'ok' })
    expect(await lineOf('person')).toMatchObject({ outcome: 'not-tried' })
  })

  it('reports that the application has more access than selected', async () => {
    await consentToAll(directory, app.clientId, 'Mail.ReadWrite')
    await associate()

    const token = await lineOf('token')
    expect(token).toMatchObject({ outcome: 'wrong', code: 'cloud_providers.reads_other_mailboxes', remedy: 'admin' })
    expect(rolesShown(token)).toBe('Mail.ReadWrite')
  })

  it('names the missing role for access to every mailbox, and accepts a token with all roles', async () => {
    await rooms.cloudProviders.update(provider, { application: 'all-mailboxes' }, 'person:ada')
    await consentToAll(directory, app.clientId, 'Mail.ReadWrite')
    await associate()
    expect(await lineOf('token')).toMatchObject({
      outcome: 'wrong',
      code: 'doctor.roles_missing',
      title: 'The application lacks Mail.Send',
    })

    await consentToAll(directory, app.clientId, 'Mail.Send')
    await database.db.deleteFrom('application_tokens').execute()
    const token = await lineOf('token')
    expect(token).toMatchObject({ outcome: 'ok' })
    expect(rolesShown(token)?.split(' ').sort()).toEqual(['Mail.ReadWrite', 'Mail.Send'])
  })

  it('reports at the sign-in why Microsoft refuses a token, and skips the dependent steps', async () => {
    await letInto(sandbox, app.clientId, [SUPPORT])
    await associate()
    await database.db.deleteFrom('application_tokens').execute()
    await directory.ask('POST', `/applications/${app.objectId}/removePassword`, { keyId: app.secret.keyId })

    const { lines } = await rooms.doctor.examineAccount(id)
    const credential = lines.find(({ what }) => what === 'credential')!
    expect(credential).toMatchObject({ outcome: 'wrong', code: 'cloud_providers.secret_wrong' })
    expect(lines.find(({ what }) => what === 'token')).toMatchObject({ outcome: 'not-tried', because: credential.id })
  })
})
