import { z } from 'zod'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import { emailAddress, line, name, timeZoneName } from '../fields.ts'
import type { MailServers } from '../../transports/index.ts'
import { AUTH_SERV_ID } from '../../mail/index.ts'
import { Secret } from '../../kernel/secret.ts'
import { id } from '../ids.ts'
import { TEXTS } from '../texts.ts'

/** Input for examining a mailbox: its address and its principal. */
const tenantId = z.uuid().transform((text) => text.toLowerCase())

const wanted = {
  address: emailAddress,
  kind: z.enum(['user', 'shared']),
  grantId: id<GrantId>().optional().describe('Grant that opens it; absent if the application does.'),
  applicationOf: z
    .strictObject({ cloudProviderId: id<CloudProviderId>(), tenantId: tenantId.optional() })
    .optional()
    .describe('The application of a cloud provider, and the organization of the mailbox if it is another one.'),
}

const server = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(/^[\w.-]+$/, TEXTS.hostName),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls', 'none']),
})

const servers = z
  .strictObject({
    imap: server,
    smtp: server,
    userName: line.min(1).max(320),
    ca: z
      .string()
      .max(100_000)
      .optional()
      .describe('Additional trusted certificate authorities (PEM) for these servers.'),
  })
  .describe('Mail servers for `password`. Microsoft’s accept none.')

const password = z
  .string()
  .min(1)
  .max(1000)
  .transform((text) => new Secret(text))
  .describe('Password of the mailbox at its servers. Encrypted at rest, and sent to these servers only.')

const byPassword = { servers: servers.optional(), password: password.optional() }

interface OpenedBy {
  grantId?: unknown
  applicationOf?: unknown
  servers?: unknown
  password?: unknown
}

/** Exactly one is allowed, so that none has to be chosen by a rule. */
const OPENED_BY_ONE = [
  ({ grantId, applicationOf, servers: given }: OpenedBy) =>
    [grantId, applicationOf, given].filter((one) => one !== undefined).length === 1,
  { error: TEXTS.onePrincipal, path: ['grantId'] as string[] },
] as const
const WITH_PASSWORD = [
  ({ servers: given, password: shown }: OpenedBy) => (given === undefined) === (shown === undefined),
  { error: TEXTS.serversWithPassword, path: ['password'] as string[] },
] as const

export const WantedMail = z
  .strictObject({ ...wanted, ...byPassword })
  .refine(...OPENED_BY_ONE)
  .refine(...WITH_PASSWORD)

export const WantedImport = z
  .strictObject({
    ...wanted,
    ...byPassword,
    days: z.array(z.int().min(1).max(3650)).min(1).max(6).describe('Windows to count, in days.'),
    folderRemoteIds: z.array(line.min(1).max(500)).min(1).max(500).optional().describe('Default: Inbox and Sent.'),
  })
  .refine(...OPENED_BY_ONE)
  .refine(...WITH_PASSWORD)

/** Converts `servers` and `password` into the types of the modules. */
export function toWithPassword<Given extends { servers?: MailServers | undefined; password?: Secret | undefined }>({
  servers: given,
  password: shown,
  ...rest
}: Given) {
  return { ...rest, ...(given && shown && { withPassword: { servers: given, password: shown } }) }
}

export const key = z.string().regex(/^[A-Za-z0-9]{1,5}$/, TEXTS.accountKey)

const settings = {
  name,
  key,
  contact: emailAddress.describe('Contact for alerts about this mailbox.'),
  importDays: z.int().min(0).max(3650).optional().describe('Days of mail to import; default 30.'),
  closesOlderThanDays: z
    .int()
    .min(0)
    .max(3650)
    .nullable()
    .optional()
    .describe(
      'Imported conversations without mail of the last days arrive closed and read; default 2. Null: all arrive open. Conversations stored before stay as they are.',
    ),
  folderRemoteIds: z.array(line.min(1).max(500)).min(1).max(500).optional().describe('Default: Inbox and Sent.'),
}

export const NewEmailAccount = z
  .strictObject({ ...wanted, ...settings, ...byPassword })
  .refine(...OPENED_BY_ONE)
  .refine(...WITH_PASSWORD)

export const EmailAccountChanges = z
  .strictObject({
    ...settings,
    grantId: id<GrantId>(),
    application: z
      .strictObject({ tenantId: tenantId.optional() })
      .describe('Makes the application of the same cloud provider the principal.'),
    receivesBy: z
      .enum(['graph', 'imap'])
      .describe(
        'Receiving protocol. Tested first, and refused if the mailbox does not open with it; no message is stored twice.',
      ),
    sendsBy: z
      .enum(['graph', 'smtp'])
      .describe('Sending protocol. Tested first, and refused if the mailbox is not accepted there.'),
    joinsBySubject: z.boolean(),
    assignsSender: z.boolean(),
    trustedAuthServId: z
      .string()
      .regex(AUTH_SERV_ID, TEXTS.authServId)
      .nullable()
      .describe('Null: no server’s results count. Applies to mail received from now on, and mail that is read again.'),
    sentFolderRemoteId: line
      .min(1)
      .max(1000)
      .nullable()
      .describe('Folder for copies of sent mail, on IMAP servers. Null: found by its special-use attribute or name.'),
    writesPlainText: z.boolean().describe('New messages are written without formatting.'),
    timeZone: timeZoneName.nullable().describe('Time zone of dates above quotations. Null: that of the author.'),
    watchesJunk: z.boolean().describe('Shows replies to sent messages that the server filed as spam.'),
    servers: servers.describe('Required for other servers.'),
    password,
  })
  .partial()
  .refine(({ grantId, application }) => grantId === undefined || application === undefined, {
    error: TEXTS.grantOrApplication,
    path: ['grantId'],
  })
