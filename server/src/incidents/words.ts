/** What to do, said to the person who can, with the real names filled in. */
import { CATALOGUE, type ErrorCode } from '../kernel/errors.ts'
import type { Command, IncidentWords } from './incident.ts'

/** What the words are filled with. A name that is not known leaves its sentence out. */
export interface Names {
  provider?: { name: string; clientId: string; tenantId: string } | undefined
  tenantId?: string | undefined
  userName?: string | undefined
  /** Addresses of the mailboxes. */
  addresses: readonly string[]
}

const MOST_COMMANDS = 10

const ENTRA_ADMIN = 'An Entra admin of the organization'
const REGISTRATION_ADMIN = 'Whoever looks after the app registration in Entra ID, and an admin of Postkey'
const EXCHANGE_ADMIN = 'An Exchange admin of the organization'
const OWNER = 'The person who signed in for the mailbox'
const POSTKEY_ADMIN = 'Whoever runs this server'
const NOBODY_HERE = 'Nobody here: it passes by itself'

type Place = (names: Names) => {
  who: string
  where?: string | undefined
  commands?: readonly Command[] | undefined
}

const atRegistration: Place = ({ provider }) => ({
  who: REGISTRATION_ADMIN,
  where: provider && `entra.microsoft.com → App registrations → All applications → ${provider.clientId}`,
})

const newSecret: Place = ({ provider }) => ({
  who: REGISTRATION_ADMIN,
  where:
    provider &&
    `entra.microsoft.com → App registrations → All applications → ${provider.clientId} → Certificates & secrets; then Postkey → Cloud providers → ${provider.name}`,
  commands: provider && [
    azure(`az ad app credential reset --id ${provider.clientId} --append --display-name Postkey --years 1`),
  ],
})

const consent: Place = ({ provider, tenantId }) => ({
  who: ENTRA_ADMIN,
  where:
    provider &&
    `entra.microsoft.com → Enterprise applications → ${provider.clientId} → Permissions → Grant admin consent${inTenant(tenantId)}`,
  commands: provider && [azure(`az ad app permission admin-consent --id ${provider.clientId}`)],
})

const servicePrincipal: Place = ({ provider, tenantId }) => ({
  who: ENTRA_ADMIN,
  where: provider && `entra.microsoft.com → Enterprise applications${inTenant(tenantId)}`,
  commands: provider && [azure(`az ad sp create --id ${provider.clientId}`)],
})

const signInAgain: Place = ({ userName }) => ({
  who: userName ? `${userName}, who signed in for the mailbox` : OWNER,
  where: 'Postkey → Email accounts → the mailbox → Sign in again; an admin can send a sign-in link instead',
})

const fullAccess: Place = ({ userName, addresses }) => ({
  who: EXCHANGE_ADMIN,
  where: 'admin.exchange.microsoft.com → Recipients → Mailboxes → the mailbox → Delegation → Read and manage',
  commands:
    userName === undefined
      ? []
      : addresses
          .filter((address) => address.toLowerCase() !== userName.toLowerCase())
          .map((address) =>
            exchange(
              `Add-MailboxPermission -Identity ${quoted(address)} -User ${quoted(userName)} -AccessRights FullAccess`,
            ),
          ),
})

const sendAs: Place = ({ userName, addresses }) => ({
  who: EXCHANGE_ADMIN,
  where: 'admin.exchange.microsoft.com → Recipients → Mailboxes → the mailbox → Delegation → Send as',
  commands:
    userName === undefined
      ? []
      : addresses.map((address) =>
          exchange(
            `Add-RecipientPermission -Identity ${quoted(address)} -Trustee ${quoted(userName)} -AccessRights SendAs`,
          ),
        ),
})

const inExchange: Place = ({ addresses }) => ({
  who: EXCHANGE_ADMIN,
  where: 'admin.exchange.microsoft.com → Recipients → Mailboxes',
  commands: addresses.map((address) => exchange(`Get-Mailbox -Identity ${quoted(address)}`)),
})

const passes: Place = () => ({ who: NOBODY_HERE })
const thisServer: Place = () => ({ who: POSTKEY_ADMIN })

const PLACES: Partial<Record<ErrorCode, Place>> = {
  'cloud_providers.secret_expired': newSecret,
  'cloud_providers.secret_wrong': newSecret,
  'cloud_providers.client_rejected': newSecret,
  'cloud_providers.credential_missing': newSecret,
  'cloud_providers.client_unknown': servicePrincipal,
  'cloud_providers.not_in_tenant': servicePrincipal,
  'cloud_providers.client_disabled': ({ provider, tenantId }) => ({
    who: ENTRA_ADMIN,
    where:
      provider &&
      `entra.microsoft.com → Enterprise applications → ${provider.clientId} → Properties${inTenant(tenantId)}`,
    commands: provider && [azure(`az ad sp update --id ${provider.clientId} --set accountEnabled=true`)],
  }),
  'tokens.consent_required': consent,
  'tokens.blocked_by_policy': ({ provider, tenantId }) => ({
    who: ENTRA_ADMIN,
    where: provider
      ? `entra.microsoft.com → Monitoring & health → Sign-in logs, application ${provider.clientId}${inTenant(tenantId)}: the failed entries name the Conditional Access policy`
      : 'entra.microsoft.com → Monitoring & health → Sign-in logs',
  }),
  'tokens.resource_unavailable': ({ tenantId }) => ({
    who: ENTRA_ADMIN,
    where: `admin.microsoft.com → Billing → Licenses${inTenant(tenantId)}`,
  }),
  'tokens.grant_ended': signInAgain,
  'tokens.grant_not_found': signInAgain,
  'tokens.scope_not_granted': signInAgain,
  'transports.sign_in_challenged': signInAgain,
  'transports.access_token_refused': signInAgain,
  'transports.access_denied': fullAccess,
  'transports.send_as_denied': sendAs,
  'transports.mailbox_not_found': inExchange,
  'transports.mailbox_not_enabled': inExchange,
  'transports.mailbox_full': ({ addresses }) => ({
    who: `${OWNER}, or ${EXCHANGE_ADMIN.toLowerCase().replace('exchange', 'Exchange')}`,
    where: 'Outlook, or admin.exchange.microsoft.com → Recipients → Mailboxes',
    commands: addresses.map((address) => exchange(`Get-MailboxStatistics -Identity ${quoted(address)}`)),
  }),
  'kernel.key_missing': thisServer,
  'kernel.key_wrong': thisServer,
  'email_accounts.silent': thisServer,
  'egress.unreachable': thisServer,
  'egress.timed_out': thisServer,
}

/** Every code has words: where the table knows no place, remedy and fix of the catalogue say what there is to say. */
export function wordsFor(code: ErrorCode, names: Names): IncidentWords {
  const { title, remedy, fix } = CATALOGUE[code]
  const { who, where, commands = [] } = (PLACES[code] ?? BY_REMEDY[remedy])(names)
  return { title, who, where, fix, commands: commands.slice(0, MOST_COMMANDS) }
}

const BY_REMEDY = {
  wait: passes,
  'sign-in': signInAgain,
  admin: atRegistration,
  bug: thisServer,
} as const satisfies Record<string, Place>

function inTenant(tenantId: string | undefined): string {
  return tenantId === undefined || tenantId === '' ? '' : ` (tenant ${tenantId})`
}

function azure(text: string): Command {
  return { shell: 'Azure CLI', text }
}

function exchange(text: string): Command {
  return { shell: 'Exchange Online PowerShell', text }
}

/** For PowerShell: a quote in a single-quoted string is written twice, so a name runs nothing. */
function quoted(text: string): string {
  return /^[\w.@+-]+$/.test(text) ? text : `'${text.replaceAll(/['‘’‚‛]/g, (quote) => quote + quote)}'`
}
