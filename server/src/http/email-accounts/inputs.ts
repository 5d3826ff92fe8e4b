import { z } from 'zod'
import type { GrantId } from '../../kernel/ids.ts'
import { emailAddress, line, name } from '../fields.ts'
import { id } from '../ids.ts'

/** What is needed to look into a mailbox: which one, and who opens it. */
export const WantedMail = z.strictObject({
  address: emailAddress,
  kind: z.enum(['user', 'shared']),
  grantId: id<GrantId>(),
})

export const key = z.string().regex(/^[A-Za-z0-9]{1,5}$/, 'one to five letters and digits')

const settings = {
  name,
  key,
  contact: emailAddress.describe('Who is told when it breaks.'),
  importDays: z.int().min(0).max(3650).optional().describe('How far back to import; 30 when absent.'),
  folderRemoteIds: z.array(line.min(1).max(500)).min(1).max(500).optional().describe('Inbox and Sent when absent.'),
}

export const NewEmailAccount = WantedMail.extend(settings)

export const EmailAccountChanges = z.strictObject({ ...settings, grantId: id<GrantId>() }).partial()
