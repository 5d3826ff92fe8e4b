import { z } from 'zod'
import type { EmailAccountId, IdentityId } from '../../kernel/ids.ts'
import { Address, emailAddress, line, name, NewAddress } from '../fields.ts'
import { id } from '../ids.ts'

const Signature = z.object({ text: z.string(), html: z.string() })

export const Identity = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.string().describe('Of the mailbox, or one of its aliases.'),
    replyTo: Address.optional().describe('Where answers go, when that is another address.'),
    signature: Signature.describe('Both empty where it does not sign. Nothing in the HTML acts or is remote.'),
    isDefault: z.boolean(),
    isFirst: z.boolean().describe('The one that every mailbox has. Removed, it is as it was in the beginning.'),
  })
  .describe('A name in which a mailbox sends.')
  .meta({ id: 'Identity' })

const LONGEST_SIGNATURE = 20_000

const fields = {
  name: name,
  address: emailAddress,
  replyTo: NewAddress.nullable(),
  signature: z
    .strictObject({ text: z.string().max(LONGEST_SIGNATURE), html: z.string().max(LONGEST_SIGNATURE) })
    .partial()
    .describe('With one of the two the other follows from it.'),
  isDefault: z.boolean(),
}

export const NewIdentity = z.strictObject(fields).partial({ replyTo: true, signature: true, isDefault: true })
export const IdentityChanges = z.strictObject(fields).partial()

export const identityParams = z.object({ id: id<EmailAccountId>(), identityId: id<IdentityId>() })

export const aliasParams = z.object({ id: id<EmailAccountId>(), address: line.min(3).max(320) })
