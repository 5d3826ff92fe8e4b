import { AppError, type ErrorCode } from '../../kernel/errors.ts'
import type { AccessToTry, AccessTrial } from '../../tokens/index.ts'
import { createCallBudget, createGraphTransport, type MailTransport, type PreflightCheck } from '../index.ts'
import { createOwnershipCheck, type OwnershipCheckDeps } from './user-addresses.ts'

/** Errors of a user without access rights. Any other error says nothing about the rights of this user. */
const ACCESS_DENIED: readonly (string | undefined)[] = [
  'transports.access_denied',
  'transports.mailbox_not_found',
  'transports.mailbox_not_enabled',
]

export type TokenTransportDeps = OwnershipCheckDeps

/** Opens a mailbox by Graph with an access token that is not stored: the token is not refreshed, and has its own budget. */
export function createTokenTransport(deps: TokenTransportDeps) {
  const { clock, egress, cloudProviders } = deps
  const isOwnAddress = createOwnershipCheck(deps)
  return async (access: AccessToTry): Promise<MailTransport> =>
    createGraphTransport({
      cloud: cloudProviders.cloudOf(access.provider),
      egress,
      clock,
      accessToken: () => Promise.resolve(access.accessToken),
      discard: () => Promise.resolve(),
      address: (await isOwnAddress(access)) ? 'me' : access.address,
      budget: createCallBudget({ clock }),
    })
}

/** Tries to read a mailbox as a user who has just signed in, before the sign-in is stored. Leaves no trace in the mailbox. */
export function createAccessTrial(deps: TokenTransportDeps): AccessTrial {
  const open = createTokenTransport(deps)
  return async (access) => {
    const { checks } = await (await open(access)).preflight()
    const error =
      errorOf(checks.find(({ what }) => what === 'reads')) ?? errorOf(checks.find(({ what }) => what === 'exists'))
    if (error === undefined || ACCESS_DENIED.includes(error.code)) return error
    throw error
  }
}

function errorOf(check: PreflightCheck | undefined): AppError | undefined {
  return check?.code === undefined ? undefined : new AppError(check.code as ErrorCode)
}
