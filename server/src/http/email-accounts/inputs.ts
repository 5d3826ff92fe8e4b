import { z } from 'zod'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import { emailAddress, line, name } from '../fields.ts'
import { id } from '../ids.ts'

/** What is needed to look into a mailbox: which one, and who opens it. */
const tenantId = z.uuid().transform((text) => text.toLowerCase())

const wanted = {
  address: emailAddress,
  kind: z.enum(['user', 'shared']),
  grantId: id<GrantId>().optional().describe('The sign-in that opens it; absent when the application itself does.'),
  applicationOf: z
    .strictObject({ cloudProviderId: id<CloudProviderId>(), tenantId: tenantId.optional() })
    .optional()
    .describe('The application of a cloud provider, and the organization of the mailbox if it is another one.'),
}

/** Nobody has to guess which of two counts. */
const OPENED_BY_ONE = [
  ({ grantId, applicationOf }: { grantId?: unknown; applicationOf?: unknown }) =>
    (grantId === undefined) !== (applicationOf === undefined),
  { error: 'give either grantId or applicationOf', path: ['grantId'] as string[] },
] as const

export const WantedMail = z.strictObject(wanted).refine(...OPENED_BY_ONE)

export const key = z.string().regex(/^[A-Za-z0-9]{1,5}$/, 'one to five letters and digits')

const settings = {
  name,
  key,
  contact: emailAddress.describe('Who is told when it breaks.'),
  importDays: z.int().min(0).max(3650).optional().describe('How far back to import; 30 when absent.'),
  folderRemoteIds: z.array(line.min(1).max(500)).min(1).max(500).optional().describe('Inbox and Sent when absent.'),
}

export const NewEmailAccount = z.strictObject({ ...wanted, ...settings }).refine(...OPENED_BY_ONE)

export const EmailAccountChanges = z
  .strictObject({
    ...settings,
    grantId: id<GrantId>(),
    application: z
      .strictObject({ tenantId: tenantId.optional() })
      .describe('The application of the same cloud provider opens it from now on.'),
    receivesBy: z
      .enum(['graph', 'imap'])
      .describe(
        'By which road it is read. Tried first, and refused when the mailbox does not open by it; nothing comes twice.',
      ),
    sendsBy: z
      .enum(['graph', 'smtp'])
      .describe('By which road mail is sent. Tried first, and refused when the mailbox is not let in there.'),
  })
  .partial()
  .refine(({ grantId, application }) => grantId === undefined || application === undefined, {
    error: 'give either grantId or application',
    path: ['grantId'],
  })
