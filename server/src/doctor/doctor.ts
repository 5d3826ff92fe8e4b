import type { CloudProvider, CloudProviders, Clouds } from '../cloud-providers/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { type AccountDeps, accountSteps } from './account-steps.ts'
import type { DoctorLine } from './doctor-line.ts'
import { type HostDeps, hostSteps } from './host-steps.ts'
import { type InstallationDeps, installationSteps } from './installation-steps.ts'
import { namesOf, providerSteps } from './provider-steps.ts'
import { type DoctorReport, createReport } from './report.ts'
import { proveSelf } from './self-test.ts'
import { serverSteps } from './server-steps.ts'
import { takeSteps } from './steps.ts'

export interface Doctor {
  /** Checks the installation and every Cloud Provider. */
  examine(tell?: Tell): Promise<DoctorReport>
  /**
   * Checks one mailbox and everything it depends on. With `sendTest`, sends a mail to the mailbox itself to prove Send
   * As.
   */
  examineAccount(
    id: EmailAccountId,
    options?: { sendTest?: { actor: string } | undefined },
    tell?: Tell,
  ): Promise<DoctorReport>
  /** Finds an account by address, key or id. */
  findAccount(name: string): Promise<EmailAccount>
  /** Response to `nonce` that only this installation can compute. */
  proveSelf(nonce: string): string
}

/** Receives each line as soon as it is known. */
type Tell = (line: DoctorLine) => void

export interface DoctorDeps
  extends Omit<InstallationDeps, 'cloudProviders'>, HostDeps, Omit<AccountDeps, 'emailAccounts'> {
  clouds: Clouds
  cloudProviders: Pick<CloudProviders, 'list' | 'get' | 'cloudOf' | 'credentialsOf' | 'tryRegistration'>
  emailAccounts: Pick<EmailAccounts, 'get' | 'list' | 'sendTest'>
}

/**
 * Creates the doctor, which checks all components between this machine and a mailbox one by one. It stores nothing and
 * changes no state, with one exception. A sign-in that Microsoft ends during a token refresh is recorded as ended, as
 * in normal operation.
 */
export function createDoctor(deps: DoctorDeps): Doctor {
  const { clock, cloudProviders, clouds, emailAccounts, grants, publicUrl, selfTestSecret } = deps
  const redirectUri = `${publicUrl.origin}/oauth/callback`

  function stepsOf(providers: readonly CloudProvider[]) {
    const ids = new Set(providers.map(({ cloud }) => cloud))
    // Before setup, the connection to Microsoft is the only thing to check.
    const used = providers.length > 0 ? clouds.list().filter(({ id }) => ids.has(id)) : clouds.list().slice(0, 1)
    return [
      ...installationSteps(deps),
      ...used.flatMap((cloud) => hostSteps(cloud, deps)),
      ...providers.flatMap((provider) => providerSteps(provider, { ...deps, redirectUri })),
    ]
  }

  return {
    async examine(tell = () => undefined) {
      const at = clock.now()
      const lines = await takeSteps(stepsOf(await cloudProviders.list()), tell)
      return createReport({ at, publicUrl, about: undefined, lines })
    },

    async examineAccount(id, { sendTest } = {}, tell = () => undefined) {
      const at = clock.now()
      const account = await emailAccounts.get(id)
      if (account.cloudProviderId === undefined) {
        const steps = [...installationSteps(deps), ...serverSteps({ account, sendTest }, deps)]
        return createReport({ at, publicUrl, about: account, lines: await takeSteps(steps, tell) })
      }
      const provider = await cloudProviders.get(account.cloudProviderId)
      const cloud = cloudProviders.cloudOf(provider)
      const { principal } = account
      const grant = principal.kind === 'grant' ? await grants.get(principal.grantId) : undefined
      const names = namesOf(provider, cloud, redirectUri)
      const steps = [
        ...stepsOf([provider]),
        ...accountSteps({ account, provider, cloud, names, grant, sendTest }, deps),
      ]
      return createReport({ at, publicUrl, about: account, lines: await takeSteps(steps, tell) })
    },

    async findAccount(name) {
      const wanted = name.trim().toLowerCase()
      const found = (await emailAccounts.list()).find(({ id, key, address }) =>
        [id, key, address].some((each) => each.toLowerCase() === wanted),
      )
      if (!found) throw new AppError('email_accounts.not_found')
      return found
    },

    proveSelf: (nonce) => proveSelf(nonce, selfTestSecret),
  }
}
