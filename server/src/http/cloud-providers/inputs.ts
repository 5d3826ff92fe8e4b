import { z } from 'zod'
import { emailAddress, secret } from '../fields.ts'

export const endDate = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** A client secret as Entra ID shows it once: its *Value*, with the end date that stands beside it. */
const NewSecret = z
  .strictObject({ kind: z.literal('secret'), secret: secret(1, 500), endsAt: endDate.optional() })
  .transform(({ endsAt, ...rest }) => ({ ...rest, endsAt }))

/** Made here, so that its key is never anywhere else. */
const NewCertificate = z.strictObject({ kind: z.literal('certificate'), months: z.int().min(1).max(36).default(24) })

export const NewCredential = z.discriminatedUnion('kind', [NewSecret, NewCertificate])

/** Ids are looked at by `cloud-providers`, which says where in Entra ID the right one stands. */
export const entraId = z.string().trim().min(1).max(100)

export const contact = emailAddress
