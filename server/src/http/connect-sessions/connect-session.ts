import { z } from 'zod'
import type { ConnectSession as Session } from '../../connect-sessions/index.ts'
import { AppError, storedReason } from '../../kernel/errors.ts'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { emailAddress, line, name, Reason, Time } from '../fields.ts'
import { id } from '../ids.ts'
import type { KnownCaller } from '../permit.ts'

export const NewConnectSession = z.strictObject({
  cloudProviderId: id<CloudProviderId>(),
  kind: z.enum(['user', 'shared']).default('user').describe('Kind of the mailbox: owned by one user, or shared.'),
  requestedAddress: emailAddress
    .optional()
    .describe('Address that the sign-in must open. Absent: the mailbox of the person who signs in.'),
  displayName: name.max(60).describe('Name of the program or company that asks, shown to the owner of the mailbox.'),
  logo: z
    .base64()
    .max(140_000)
    .optional()
    .describe('PNG in base64, at most 512 × 512 pixels and 100,000 bytes, not interlaced. Shown to the owner.'),
  accountName: name.optional().describe('Name of the mailbox in Postkey. Absent: its address.'),
  importDays: z.int().min(0).max(3650).optional().describe('Days of mail to import; default 30.'),
  returnUrl: z
    .string()
    .max(2000)
    .optional()
    .describe(
      'Address to which the browser returns, with the signed result in `postkey_result`. An admin has allowed it.',
    ),
  state: line.max(500).optional().describe('Your own text, such as an order number. Returned with the result.'),
})

export const ConnectSession = z
  .object({
    id: z.string(),
    status: z
      .enum(['open', 'failed', 'connecting', 'completed', 'canceled', 'expired'])
      .describe('`failed`: the latest attempt failed. The owner can try again until it expires, unless it is final.'),
    isFinal: z.boolean().describe('True for a failure after the sign-in: create another session.'),
    cloudProviderId: z.string(),
    kind: z.enum(['user', 'shared']),
    requestedAddress: z.string().optional(),
    displayName: z.string(),
    hasLogo: z.boolean(),
    accountName: z.string().optional(),
    importDays: z.int().optional(),
    returnUrl: z.string().optional(),
    state: z.string().optional(),
    createdBy: z.string(),
    createdAt: Time,
    expiresAt: Time,
    reason: Reason.optional().describe('Why the latest attempt failed.'),
    failedAt: Time.optional(),
    userName: z.string().optional().describe('User who signed in.'),
    completedAt: Time.optional(),
    emailAccountId: z.string().optional().describe('The connected mailbox.'),
  })
  .meta({ id: 'ConnectSession' })

export const CreatedConnectSession = ConnectSession.extend({
  url: z
    .string()
    .optional()
    .describe('Page for the owner, a secret. Absent when a repeated request finds a session that is over.'),
}).meta({ id: 'CreatedConnectSession' })

export function presentSession({ errorCode, ...session }: Session) {
  return { ...session, reason: errorCode === undefined ? undefined : storedReason(errorCode) }
}

/** A key sees and cancels its own sessions; an admin all of them. */
export function ownSessions(caller: KnownCaller): string | undefined {
  return caller.kind === 'api-key' ? toActor(caller) : undefined
}

export function readLogo(logo: string | undefined, clean: (file: Buffer) => Buffer | undefined): Buffer | undefined {
  if (logo === undefined) return undefined
  const cleaned = clean(Buffer.from(logo, 'base64'))
  if (!cleaned) throw new AppError('connect_sessions.logo_invalid', { field: 'logo' })
  return cleaned
}
