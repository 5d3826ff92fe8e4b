import { z } from 'zod'
import type { EmailAccountId, IdentityId } from '../../kernel/ids.ts'
import { Address, emailAddress, line, name, NewAddress } from '../fields.ts'
import { id } from '../ids.ts'

const Signature = z.object({ text: z.string(), html: z.string() })

export const Identity = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.string().describe('Address of the mailbox, or an alias.'),
    replyTo: Address.optional().describe('Address for replies, if it differs.'),
    signature: Signature.describe('Both are empty without a signature. The HTML has no active or remote content.'),
    isDefault: z.boolean(),
    isFirst: z.boolean().describe('Every mailbox has one. Removing it restores its initial state.'),
  })
  .describe('Sender name of a mailbox.')
  .meta({ id: 'Identity' })

const LONGEST_SIGNATURE = 20_000

const fields = {
  name: name,
  address: emailAddress,
  replyTo: NewAddress.nullable(),
  signature: z
    .strictObject({ text: z.string().max(LONGEST_SIGNATURE), html: z.string().max(LONGEST_SIGNATURE) })
    .partial()
    .describe('If one of the two is given, the other is derived.'),
  isDefault: z.boolean(),
}

export const NewIdentity = z.strictObject(fields).partial({ replyTo: true, signature: true, isDefault: true })
export const IdentityChanges = z.strictObject(fields).partial()

export const identityParams = z.object({ id: id<EmailAccountId>(), identityId: id<IdentityId>() })

export const aliasParams = z.object({ id: id<EmailAccountId>(), address: line.min(3).max(320) })
