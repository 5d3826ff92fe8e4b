import { conditionalAccessBlock } from './entra-id/conditional-access-block.ts'
import { consentWithdrawn } from './entra-id/consent-withdrawn.ts'
import { entraConnectionCut } from './entra-id/entra-connection-cut.ts'
import { entraUnavailable } from './entra-id/entra-unavailable.ts'
import { passwordChanged } from './entra-id/password-changed.ts'
import { secretExpired } from './entra-id/secret-expired.ts'
import { strictRotation } from './entra-id/strict-rotation.ts'
import { tokenAnswerLost } from './entra-id/token-answer-lost.ts'
import { tokenEndpointThrottled } from './entra-id/token-endpoint-throttled.ts'
import { userDisabled } from './entra-id/user-disabled.ts'
import type { Fault } from './fault.ts'
import { fullAccessWithdrawn } from './graph/full-access-withdrawn.ts'
import { graphThrottled } from './graph/graph-throttled.ts'
import { mailboxUnlicensed } from './graph/mailbox-unlicensed.ts'

/** Every fault there is, in the order in which people are shown them. */
export const CATALOGUE: readonly Fault[] = [
  consentWithdrawn,
  conditionalAccessBlock,
  userDisabled,
  passwordChanged,
  secretExpired,
  tokenEndpointThrottled,
  entraUnavailable,
  entraConnectionCut,
  tokenAnswerLost,
  strictRotation,
  graphThrottled,
  mailboxUnlicensed,
  fullAccessWithdrawn,
]
