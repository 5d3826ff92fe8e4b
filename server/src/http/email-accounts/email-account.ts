import { z } from 'zod'
import { Explanation } from '../explanation.ts'
import { Reason, Time } from '../fields.ts'

export const PreflightCheck = z.object({
  what: z.enum(['exists', 'reads', 'writes', 'sends']).describe('`sends`: in the name of the mailbox (Send As).'),
  outcome: z.enum(['ok', 'wrong', 'not-tried']),
  code: z.string().optional(),
  title: z.string().optional().describe('Why, when it is wrong or could not be tried.'),
  fix: z.string().optional(),
  detail: z
    .string()
    .optional()
    .describe('What is special about it: what the server said, or the certificate that it shows.'),
})

export const Preflight = z.object({ checkedAt: Time, checks: z.array(PreflightCheck) }).meta({ id: 'Preflight' })

export const Principal = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('grant'), grantId: z.string() }),
    z.object({ kind: z.literal('application'), tenantId: z.string() }),
    z.object({ kind: z.literal('password') }),
  ])
  .describe('Who opens the mailbox: a person by their grant, the application itself, or a password at its servers.')
  .meta({ id: 'Principal' })

export const BackupSignIn = z
  .object({
    grantId: z.string(),
    checkedAt: Time.optional().describe('When it was last seen whether they could open the mailbox.'),
    reason: Reason.optional().describe('What kept them out at that time.'),
    insteadOf: z.string().optional().describe('At work, and the principal: in the place of this grant.'),
  })
  .describe('Who opens the mailbox when the first cannot any more.')
  .meta({ id: 'BackupSignIn' })

export const ProtocolReason = z
  .object({
    kind: z.enum(['usual', 'chosen', 'other-closed', 'only']),
    words: z.string(),
    reason: Reason.optional().describe('What closed the other road, and how it is opened again.'),
  })
  .meta({ id: 'ProtocolReason' })

export const AccountState = z.enum([
  'connecting',
  'importing',
  'connected',
  'degraded',
  'needs-sign-in',
  'needs-admin',
  'paused',
])

export const Server = z.object({ host: z.string(), port: z.int(), tls: z.enum(['implicit', 'starttls', 'none']) })

export const Servers = z
  .object({ imap: Server, smtp: Server, userName: z.string(), ca: z.string().optional() })
  .meta({ id: 'MailServers' })

export const Alias = z
  .object({
    address: z.string(),
    source: z.enum(['server', 'admin']).describe('Who said that it is one.'),
    trial: z
      .object({
        at: Time,
        outcome: z.enum(['ok', 'wrong']),
        code: z.string().optional(),
        title: z.string().optional(),
        fix: z.string().optional(),
        detail: z.string().optional().describe('What the server said, in its own words.'),
        envelope: z
          .literal('mailbox')
          .optional()
          .describe('It goes out with the mailbox’s own address as the sender of the envelope.'),
      })
      .optional()
      .describe('What a test mail from it showed.'),
  })
  .describe('Another address of the mailbox.')
  .meta({ id: 'Alias' })

export const EmailAccount = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    address: z.string(),
    aliases: z.array(Alias),
    kind: z.enum(['user', 'shared']),
    contact: z.string(),
    cloudProviderId: z.string().optional().describe('Absent where it is opened with a password.'),
    servers: Servers.optional().describe('Where it is opened with a password.'),
    principal: Principal,
    backupSignIn: BackupSignIn.optional(),
    receivesBy: z.enum(['graph', 'imap']),
    sendsBy: z.enum(['graph', 'smtp']),
    protocolReasons: z
      .object({ receives: ProtocolReason, sends: ProtocolReason })
      .describe('Why it is read and sent from on these roads.'),
    importFrom: Time,
    joinsBySubject: z
      .boolean()
      .describe(
        'Mail of the same people with the same subject joins a conversation, when nothing else leads anywhere.',
      ),
    trustedAuthServId: z
      .string()
      .optional()
      .describe('The mail server whose Authentication-Results count (RFC 8601); Microsoft’s count by themselves.'),
    watchesJunk: z
      .boolean()
      .describe('Junk is looked at for answers to what was written here, where it is not read as a whole.'),
    sentFolderRemoteId: z
      .string()
      .optional()
      .describe('Folder for sent mail on an IMAP server, as chosen. Absent: found by its mark or its name.'),
    state: AccountState,
    reason: Reason.optional(),
    explanation: Explanation.optional().describe('Of the reason; for admins who ask for this one mailbox.'),
    sending: z
      .object({ reason: Reason, since: Time })
      .optional()
      .describe('Why mail waits in the outbox until a person acts. Absent while mail goes out, and in lists.'),
    stateSince: Time,
    nextTryAt: Time.optional(),
    completeUpTo: Time.optional().describe('Everything that the server had by then is here.'),
    lastReceivedAt: Time.optional(),
    lastSentAt: Time.optional(),
    preflight: Preflight.optional(),
    push: z.object({ state: z.enum(['active', 'polling', 'failed']), reason: Reason.optional() }),
    createdAt: Time,
  })
  .meta({ id: 'EmailAccount' })

export const Folder = z.object({
  remoteId: z.string(),
  parentRemoteId: z.string().optional(),
  path: z.array(z.string()),
  name: z.string(),
  role: z.enum(['inbox', 'sent', 'drafts', 'archive', 'junk', 'trash']).optional(),
  totalCount: z.int(),
  unreadCount: z.int(),
})

export const MailCounts = z
  .object({
    conversations: z.int(),
    messages: z.int(),
    notes: z.int(),
    drafts: z.int(),
    waiting: z.int().describe('Accepted and still to be sent. While there are any, the mailbox cannot be removed.'),
    unknown: z.int().describe('May have been sent and may not.'),
    failed: z.int().describe('Could not be sent.'),
  })
  .meta({ id: 'MailCounts' })
