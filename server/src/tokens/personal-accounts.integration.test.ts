/** Personal Microsoft accounts, which belong to no organization. */
import { describe, expect, it } from 'vitest'
import { ACTOR, createSignInStage } from '../../test/kit/sign-in-stage.ts'

const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad'
const PAT = '00000000-0000-4000-8000-000000000005'
const { cloudProviders, grants, provider, begin, signIn, server } = await createSignInStage()

const asPat = { tenantId: PERSONAL, objectId: PAT, userName: 'pat@outlook.example' }

describe('a personal Microsoft account', () => {
  it('is refused with a clear reason if the Cloud Provider is for organizations, and not stored', async () => {
    await cloudProviders.update(provider(), { accountTypes: 'multitenant' }, ACTOR)

    const outcome = await signIn(asPat)

    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'tokens.personal_account', remedy: 'sign-in' } })
    expect(await grants.list(provider())).toEqual([])
  })

  it('can sign in if allowed, and is recognized', async () => {
    await cloudProviders.update(provider(), { accountTypes: 'multitenant-and-personal' }, ACTOR)

    expect(await signIn(asPat)).toMatchObject({ kind: 'granted', userName: 'pat@outlook.example' })

    const [grant] = await grants.list(provider())
    expect(grant).toMatchObject({ isPersonal: true, tenantId: PERSONAL, objectId: PAT })
    expect(grant!.scopesRequested.filter((scope) => scope.endsWith('.Shared'))).toEqual([])
  })

  it('is not offered for a shared mailbox; only shared mailboxes request shared permissions', async () => {
    await cloudProviders.update(provider(), { accountTypes: 'multitenant-and-personal' }, ACTOR)
    const shared = await begin({ requestedKind: 'shared' })
    const user = await begin({ requestedKind: 'user' })

    expect([shared, user].map(({ pathname }) => pathname.split('/')[1])).toEqual(['organizations', 'common'])
    expect([shared, user].map(({ searchParams }) => searchParams.get('scope')!.includes('.Shared'))).toEqual([
      true,
      false,
    ])
    expect(shared.origin).toBe(server.origin)
  })
})
