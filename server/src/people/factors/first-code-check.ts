import { clientSite } from '../../kernel/client-network.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { KnownDevices } from '../known-devices.ts'
import type { People } from '../people.ts'
import type { SignInClient } from '../session.ts'
import type { SignInLimits } from '../sign-in-limits.ts'
import type { AuthenticatorApps, FirstCode } from './authenticator-apps.ts'

/**
 * Accepts the first code of an app that is being set up. Wrong codes are counted apart from those of sign-ins, which
 * they must not refuse.
 *
 * @throws {AppError} `people.wrong_code`, `people.factor_not_found`, `people.too_many_tries`
 */
export type FirstCodeCheck = (
  of: { id: PersonId; sessionId: string },
  code: string,
  client: SignInClient,
) => Promise<FirstCode>

export interface FirstCodeCheckDeps {
  apps: Pick<AuthenticatorApps, 'checkFirst'>
  people: Pick<People, 'get'>
  limits: SignInLimits
  knownDevices: Pick<KnownDevices, 'find'>
}

export function createFirstCodeCheck({ apps, people, limits, knownDevices }: FirstCodeCheckDeps): FirstCodeCheck {
  return async (of, code, { clientAddress, cookieHeader }) => {
    const { email } = await people.get(of.id)
    const attempt = await limits.begin({
      email,
      clientAddress: clientSite(clientAddress),
      deviceId: await knownDevices.find(cookieHeader, email),
      secondFactor: 'new-app',
    })
    let first
    try {
      first = await apps.checkFirst(of, code)
    } catch (error) {
      await attempt.cancel()
      throw error
    }
    if (!first) throw new AppError('people.wrong_code', { field: 'code' })
    await attempt.succeed()
    return first
  }
}
