import type { CloudProvider, CloudProviders, Clouds } from '../cloud-providers/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { type AccountDeps, accountSteps } from './account-steps.ts'
import type { DoctorLine } from './doctor-line.ts'
import { type HostDeps, hostSteps } from './host-steps.ts'
import { type InstallationDeps, installationSteps } from './installation-steps.ts'
import { namesOf, providerSteps } from './provider-steps.ts'
import { type DoctorReport, reportOf } from './report.ts'
import { proveSelf } from './self-test.ts'
import { serverSteps } from './server-steps.ts'
import { takeSteps } from './steps.ts'

export interface Doctor {
  /** The installation, and every Cloud Provider. */
  examine(tell?: Tell): Promise<DoctorReport>
  /** One mailbox, and everything it stands on. With `sendTest` a mail to the mailbox itself proves Send As. */
  examineAccount(
    id: EmailAccountId,
    options?: { sendTest?: { actor: string } | undefined },
    tell?: Tell,
  ): Promise<DoctorReport>
  /** By address, key or id. */
  findAccount(name: string): Promise<EmailAccount>
  /** What only this installation can answer to `nonce`. */
  proveSelf(nonce: string): string
}

/** Hears each line when it is known. */
type Tell = (line: DoctorLine) => void

export interface DoctorDeps
  extends Omit<InstallationDeps, 'cloudProviders'>, HostDeps, Omit<AccountDeps, 'emailAccounts'> {
  clouds: Clouds
  cloudProviders: Pick<CloudProviders, 'list' | 'get' | 'cloudOf' | 'credentialsOf' | 'tryRegistration'>
  emailAccounts: Pick<EmailAccounts, 'get' | 'list' | 'sendTest'>
}

/**
 * Looks at everything between this machine and the mail of a mailbox, one thing at a time, and says of each whether it is
 * right. It saves nothing and changes no state; a sign-in that Microsoft ends while its token is renewed has ended as it
 * would have with the next mail.
 */
export function createDoctor(deps: DoctorDeps): Doctor {
  const { clock, cloudProviders, clouds, emailAccounts, grants, publicUrl, selfTestSecret } = deps
  const redirectUri = `${publicUrl.origin}/oauth/callback`

  function stepsOf(providers: readonly CloudProvider[]) {
    const ids = new Set(providers.map(({ cloud }) => cloud))
    // Before anything is set up there is still the way to Microsoft to look at.
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
      return reportOf({ at, publicUrl, about: undefined, lines })
    },

    async examineAccount(id, { sendTest } = {}, tell = () => undefined) {
      const at = clock.now()
      const account = await emailAccounts.get(id)
      if (account.cloudProviderId === undefined) {
        const steps = [...installationSteps(deps), ...serverSteps({ account, sendTest }, deps)]
        return reportOf({ at, publicUrl, about: account, lines: await takeSteps(steps, tell) })
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
      return reportOf({ at, publicUrl, about: account, lines: await takeSteps(steps, tell) })
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
