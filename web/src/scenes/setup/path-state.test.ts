import { describe, expect, it } from 'vitest'
import type { CloudProvider, EmailAccount, Grant, SignInLink, WorkOrderLink } from '../../api/client.ts'
import { currentStep, setupPath, selectProvider, type Known } from './path-state.ts'
import { NEW } from './setup-search.ts'

const NOTHING: Known = {
  providers: [],
  grants: [],
  accounts: [],
  workOrders: [],
  signInLinks: [],
  consented: [],
  consentReported: [],
}
const contoso = providerWith({ id: 'contoso', name: 'Contoso', createdAt: '2026-01-01T00:00:00Z' })
const fabrikam = providerWith({ id: 'fabrikam', name: 'Fabrikam', createdAt: '2026-02-01T00:00:00Z' })
const anna = { id: 'anna', cloudProviderId: 'contoso', userName: 'anna@contoso.example' } as Grant
const support = {
  id: 'support',
  cloudProviderId: 'contoso',
  address: 'support@contoso.example',
  state: 'importing',
  principal: { kind: 'grant', grantId: 'anna' },
} as EmailAccount

describe('the path of the setup', () => {
  it('starts at A with nothing done', () => {
    const path = setupPath(NOTHING, undefined)

    expect(path.map(({ state }) => state)).toEqual(['not-begun', 'not-begun', 'not-begun', 'not-begun'])
    expect(currentStep(path, {})).toBe('a')
  })

  it('waits for the recipient of the work order, and needs attention once IDs were returned', () => {
    const out = { ...NOTHING, workOrders: [{ state: 'open' } as WorkOrderLink] }
    const back = { ...NOTHING, workOrders: [{ state: 'open' }, { state: 'proposed' }] as WorkOrderLink[] }

    expect(setupPath(out, undefined)[0]).toMatchObject({ state: 'waiting' })
    expect(setupPath(back, undefined)[0]).toMatchObject({ state: 'attention' })
  })

  it('knows a consent given here or by a link, and waits for the owner', () => {
    const here = { ...NOTHING, consented: ['contoso'] }
    const used = { cloudProviderId: 'contoso', kind: 'admin-consent', state: 'used' } as SignInLink

    expect(setupPath(here, contoso)[2]).toMatchObject({ state: 'waiting' })
    expect(setupPath(here, fabrikam)[2]).toMatchObject({ state: 'not-begun' })
    expect(setupPath({ ...NOTHING, signInLinks: [used] }, contoso)[2]).toMatchObject({ state: 'waiting' })
  })

  it('waits for no admin with a consent link once the consent is verified here', () => {
    const link = { cloudProviderId: 'contoso', kind: 'admin-consent', state: 'open' } as SignInLink
    const verified = setupPath({ ...NOTHING, signInLinks: [link], consented: ['contoso'] }, contoso)[2]

    expect(verified?.sentence).toContain('The consent is verified')
  })

  it('reports a consent that was not verified, here and by a link', () => {
    const link = { cloudProviderId: 'contoso', kind: 'admin-consent', state: 'open', consentReportedAt: '2026-01-01' }
    const here = setupPath({ ...NOTHING, consentReported: ['contoso'] }, contoso)[2]
    const byLink = setupPath({ ...NOTHING, signInLinks: [link as SignInLink] }, contoso)[2]

    for (const step of [here, byLink]) {
      expect(step).toMatchObject({ state: 'waiting', sentence: expect.stringContaining('not verified') as string })
    }
  })

  it('needs no sign-in where the application opens the mailboxes', () => {
    const byItself = { ...support, principal: { kind: 'application' } } as EmailAccount

    expect(setupPath({ ...NOTHING, accounts: [byItself] }, contoso)[2]).toMatchObject({ state: 'done' })
    expect(setupPath({ ...NOTHING, accounts: [byItself] }, fabrikam)[2]).toMatchObject({ state: 'not-begun' })
    expect(setupPath({ ...NOTHING, accounts: [support] }, contoso)[2]).toMatchObject({ state: 'not-begun' })
  })

  it('needs no sign-in before the first mailbox that the application opens', () => {
    const chosen = providerWith({ application: 'chosen-mailboxes' })
    const consentTo = (outcome: 'ok' | 'waiting') =>
      providerWith({
        application: 'all-mailboxes',
        lastCheck: { at: '', lines: [{ what: 'application', outcome, title: 'consent' }] },
      })
    const stateWith = (provider: CloudProvider) => setupPath({ ...NOTHING, providers: [provider] }, provider)[2]?.state

    expect(stateWith(chosen)).toBe('done')
    expect(stateWith(consentTo('waiting'))).toBe('waiting')
    expect(stateWith(consentTo('ok'))).toBe('done')
    expect(currentStep(setupPath({ ...NOTHING, providers: [chosen] }, chosen), {})).toBe('d')
  })

  it('does nothing in C while B waits for the upload or has a problem', () => {
    const chosen = (fields: Partial<CloudProvider>) => providerWith({ application: 'chosen-mailboxes', ...fields })
    const awaited = { what: 'credential', outcome: 'waiting', title: 'The certificate waits' } as const
    const waiting = chosen({ state: 'connecting', lastCheck: { at: '', lines: [awaited] } })
    const broken = chosen({ state: 'needs-admin' })

    expect(setupPath(NOTHING, waiting).map(({ state }) => state)).toEqual(['done', 'waiting', 'not-begun', 'not-begun'])
    expect(setupPath(NOTHING, broken)[2]).toEqual({ letter: 'c', state: 'not-begun' })
    expect(currentStep(setupPath(NOTHING, waiting), {})).toBe('b')
  })

  it('does not wait for revoked or expired links', () => {
    const workOrders = [{ state: 'revoked' }, { state: 'expired' }, { state: 'confirmed' }] as WorkOrderLink[]

    expect(setupPath({ ...NOTHING, workOrders }, undefined)[0]).toMatchObject({ state: 'not-begun' })
  })

  it('waits for the upload of a certificate, and needs attention when the check finds a problem', () => {
    const awaited = { what: 'credential', outcome: 'waiting', title: 'The certificate waits' } as const
    const wrong = { what: 'redirect-uri', outcome: 'wrong', title: 'The redirect URI is not registered' } as const
    const stateWith = (provider: Partial<CloudProvider>) => setupPath(NOTHING, providerWith(provider))[1]

    expect(stateWith({ state: 'connecting', lastCheck: { at: '', lines: [awaited] } })).toMatchObject({
      state: 'waiting',
    })
    expect(stateWith({ state: 'connecting', lastCheck: { at: '', lines: [awaited, wrong] } })).toMatchObject({
      state: 'attention',
      sentence: 'The redirect URI is not registered',
    })
    expect(stateWith({ state: 'connected', lastCheck: { at: '', lines: [awaited] } })).toMatchObject({ state: 'done' })
  })

  it('names the problem found at the Cloud Provider', () => {
    const lines = [
      { what: 'tenant', outcome: 'ok', title: 'fine' },
      { what: 'credential', outcome: 'wrong', title: 'Microsoft rejected the client secret' },
    ] as const
    const broken = providerWith({ state: 'needs-admin', lastCheck: { at: '', lines: [...lines] } })

    expect(setupPath({ ...NOTHING, providers: [broken] }, broken)[1]).toEqual({
      letter: 'b',
      state: 'attention',
      sentence: 'Microsoft rejected the client secret',
    })
  })

  it('names the awaited mailbox, and the awaited Entra admin', () => {
    const link = {
      cloudProviderId: 'contoso',
      state: 'open',
      kind: 'sign-in',
      requestedAddress: 'a@b.example',
    } as SignInLink
    const consent = { ...link, kind: 'admin-consent' } as SignInLink
    const sentence = (signInLinks: SignInLink[]) => setupPath({ ...NOTHING, signInLinks }, contoso)[2]

    expect(sentence([link])).toMatchObject({
      state: 'waiting',
      sentence: expect.stringContaining('a@b.example') as string,
    })
    expect(sentence([consent])).toMatchObject({ sentence: expect.stringContaining('Entra admin') as string })
  })

  it('does not wait for links of another provider', () => {
    const signInLinks = [{ cloudProviderId: 'fabrikam', state: 'open', kind: 'sign-in' } as SignInLink]

    expect(setupPath({ ...NOTHING, signInLinks }, contoso)[2]).toMatchObject({ state: 'not-begun' })
  })

  it('needs attention when the only sign-in has ended, and is done while one works', () => {
    const over = { ...anna, id: 'over', ended: { at: '2026-03-01T00:00:00Z' } } as Grant

    expect(setupPath({ ...NOTHING, grants: [over] }, contoso)[2]).toMatchObject({ state: 'attention' })
    expect(setupPath({ ...NOTHING, grants: [over, anna] }, contoso)[2]).toEqual({
      letter: 'c',
      state: 'done',
      sentence: 'anna@contoso.example',
    })
  })

  it('is done during an import, and needs attention when a mailbox has stopped', () => {
    const state = (account: EmailAccount) => setupPath({ ...NOTHING, accounts: [account] }, contoso)[3]

    expect(state(support)).toMatchObject({ state: 'done' })
    expect(state({ ...support, state: 'needs-sign-in' })).toMatchObject({ state: 'attention' })
  })

  it('opens the first step that is not done, D after a return from Microsoft, or the requested one', () => {
    const path = setupPath({ ...NOTHING, providers: [contoso] }, contoso)

    expect(currentStep(path, {})).toBe('c')
    expect(currentStep(path, { grant: 'anna' })).toBe('d')
    expect(currentStep(path, { grant: 'anna', step: 'b' })).toBe('b')
  })

  it('starts another mailbox at the first missing step, not at the finished one', () => {
    const finished = { ...NOTHING, providers: [contoso], grants: [anna], accounts: [support] }
    const broken = providerWith({ state: 'needs-admin' })

    expect(currentStep(setupPath(finished, contoso), {})).toBe('d')
    expect(currentStep(setupPath(finished, contoso), { another: true })).toBe('c')
    expect(currentStep(setupPath(finished, broken), { another: true })).toBe('b')
    expect(currentStep(setupPath(NOTHING, undefined), { another: true })).toBe('a')
  })
})

describe('the provider of the path', () => {
  const known = { ...NOTHING, providers: [contoso, fabrikam], grants: [anna] }

  it('is the newest, that of the grant, or the requested one', () => {
    expect(selectProvider(known, {})).toBe(fabrikam)
    expect(selectProvider(known, { grant: 'anna' })).toBe(contoso)
    expect(selectProvider(known, { provider: 'contoso' })).toBe(contoso)
  })

  it('is undefined when another organization is being connected', () => {
    expect(selectProvider(known, { provider: NEW })).toBeUndefined()
  })

  it('is the newest when the one in an old address was removed', () => {
    expect(selectProvider(known, { provider: 'removed' })).toBe(fabrikam)
  })
})

function providerWith(fields: Partial<CloudProvider>): CloudProvider {
  return {
    id: 'contoso',
    name: 'Contoso',
    state: 'connected',
    createdAt: '2026-01-01T00:00:00Z',
    ...fields,
  } as CloudProvider
}
