/** Permissions that a sign-in requests at Microsoft, so that a mailbox can be switched to another protocol. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { createConnectingStage } from '../../../test/kit/index.ts'

const { ask, admin, newCloudProvider } = await createConnectingStage()

let cloudProviderId: CloudProviderId
beforeAll(async () => {
  cloudProviderId = await newCloudProvider()
})

async function askedFor(body: object): Promise<string[]> {
  const answer = await ask('POST /v1/authorizations', { as: admin, body: { cloudProviderId, ...body } })
  expect(answer.status, answer.text).toBe(201)
  const scope = new URL((answer.body as { url: string }).url).searchParams.get('scope')!
  return scope.split(' ').map((name) => name.split('/').at(-1)!)
}

describe('a sign-in at Microsoft', () => {
  it('requests only Graph unless another protocol is selected', async () => {
    expect(await askedFor({ kind: 'sign-in' })).not.toContain('IMAP.AccessAsUser.All')
  })

  it.each(['sign-in', 'admin-consent'])(
    'requests another protocol and keeps all permissions, for kind %s',
    async (kind) => {
      const byGraph = await askedFor({ kind })
      const both = await askedFor({ kind, alsoBy: ['imap', 'smtp'] })

      expect(both).toEqual(expect.arrayContaining([...byGraph, 'IMAP.AccessAsUser.All', 'SMTP.Send']))
      expect(await askedFor({ kind, alsoBy: ['imap'] })).not.toContain('SMTP.Send')
    },
  )

  it('refuses an unknown protocol', async () => {
    const body = { cloudProviderId, kind: 'sign-in', alsoBy: ['pop'] }
    expect((await ask('POST /v1/authorizations', { as: admin, body })).status).toBe(400)
  })
})
