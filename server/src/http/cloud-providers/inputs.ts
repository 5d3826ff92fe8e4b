import { z } from 'zod'
import { emailAddress, secret, zonedTime } from '../fields.ts'

/** A client secret as Entra ID shows it once: its *Value*, with its expiry date. */
const NewSecret = z
  .strictObject({ kind: z.literal('secret'), secret: secret(1, 500), expiresAt: zonedTime.optional() })
  .transform(({ expiresAt, ...rest }) => ({ ...rest, expiresAt }))

/** A certificate created by the server, so that its private key never leaves it. */
const NewCertificate = z.strictObject({ kind: z.literal('certificate'), months: z.int().min(1).max(36).default(24) })

export const NewCredential = z.discriminatedUnion('kind', [NewSecret, NewCertificate])

/** An id from Entra ID. `cloud-providers` checks it, and its error says where Entra ID shows the right one. */
export const entraId = z.string().trim().min(1).max(100)

export const contact = emailAddress
