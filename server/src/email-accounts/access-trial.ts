import type { Cloud, CloudProvider } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { AccessTrial } from '../tokens/index.ts'
import {
  createCallBudget,
  createGraphTransport,
  type GraphTransportOptions,
  type PreflightLight,
} from '../transports/index.ts'

/** What a person who has no rights meets. Everything else says nothing about this person. */
const CLOSED: readonly (string | undefined)[] = [
  'transports.access_denied',
  'transports.mailbox_not_found',
  'transports.mailbox_not_enabled',
]

export interface AccessTrialDeps {
  clock: Clock
  egress: GraphTransportOptions['egress']
  cloudProviders: { cloudOf(provider: CloudProvider): Cloud }
}

/** Whether somebody who just signed in can read a mailbox, before anything of them is kept. Leaves no trace in it. */
export function createAccessTrial({ clock, egress, cloudProviders }: AccessTrialDeps): AccessTrial {
  return async ({ provider, userName, address, accessToken }) => {
    const transport = createGraphTransport({
      cloud: cloudProviders.cloudOf(provider),
      egress,
      clock,
      accessToken: () => Promise.resolve(accessToken),
      discard: () => Promise.resolve(),
      address: userName.toLowerCase() === address.toLowerCase() ? 'me' : address,
      budget: createCallBudget({ clock }),
    })
    const { lights } = await transport.preflight()
    const error =
      errorOf(lights.find(({ what }) => what === 'reads')) ?? errorOf(lights.find(({ what }) => what === 'exists'))
    if (error === undefined || CLOSED.includes(error.code)) return error
    throw error
  }
}

function errorOf(light: PreflightLight | undefined): AppError | undefined {
  return light?.code === undefined ? undefined : new AppError(light.code as ErrorCode)
}
