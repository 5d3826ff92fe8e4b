import { z } from 'zod'
import type { Secret } from '../../kernel/secret.ts'
import type { FactorChange } from '../../people/index.ts'
import { plainAddress } from '../../kernel/client-network.ts'
import { personOf } from '../caller.ts'
import type { KnownCaller } from '../permit.ts'
import type { Act } from '../route.ts'

/** The caller as the person who changes their own factors. */
export function factorChange({ caller, request }: Act<KnownCaller>): FactorChange {
  const { id, session } = personOf(caller)
  return { id, sessionId: session.id, clientAddress: plainAddress(request.ip) }
}

export const RecoveryCodes = z
  .array(z.string())
  .describe('Ten codes, each for one sign-in without the factor. They can’t be shown again.')

export function revealCodes(codes: readonly Secret[]): string[] {
  return codes.map((code) => code.reveal())
}
