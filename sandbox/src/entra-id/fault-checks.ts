import type { FaultsAsked, Refusal, Subject } from '../faults/index.ts'
import { EntraError } from './aadsts.ts'

/** Points of Entra ID at which a fault refuses the request. */
export type RefusalPoint =
  | 'entra.tenant'
  | 'entra.client'
  | 'entra.redirect-uri'
  | 'entra.credential'
  | 'entra.application'
  | 'entra.account'
  | 'entra.person'
  | 'entra.refresh-token'
  | 'entra.resource'
  | 'entra.policy'
  | 'entra.consented'
  | 'entra.device'

/** Values for the placeholders in messages; see `aadsts-table.ts`. */
export type MessageValues = Record<string, string>

/** Refuses a valid request when a fault is on at this point. @throws {EntraError} */
export function checkFaults(
  faults: FaultsAsked,
  point: RefusalPoint,
  subject: Subject,
  values: MessageValues = {},
): void {
  const refusal = faults.ask(point, subject)
  if (refusal) throw toEntraError(refusal, values)
}

export function toEntraError(refusal: Refusal, values: MessageValues = {}): EntraError {
  const { code, claims, instead, headers, onPage } = refusal
  return new EntraError(
    code,
    { ...values, ...refusal.values },
    {
      ...(claims === undefined ? {} : { claims }),
      ...(instead && { instead }),
      ...(headers && { headers }),
      ...(onPage && { onPage }),
    },
  )
}
