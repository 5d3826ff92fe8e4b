import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { FactorChange } from '../../people/index.ts'
import { plainAddress } from '../../kernel/client-network.ts'
import type { KnownCaller } from '../permit.ts'
import type { Act } from '../route.ts'

/** The caller as the person who changes their own factors. */
export function factorChange({ caller, request }: Act<KnownCaller>): FactorChange {
  if (caller.kind !== 'person' || !caller.session) throw new AppError('http.not_signed_in')
  return { id: caller.id, sessionId: caller.session.id, clientAddress: plainAddress(request.ip) }
}

export const RecoveryCodes = z
  .array(z.string())
  .describe('Ten codes, each for one sign-in without the factor. They can’t be shown again.')

export function revealCodes(codes: readonly Secret[]): string[] {
  return codes.map((code) => code.reveal())
}
