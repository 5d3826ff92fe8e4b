import { CATALOGUE, type ErrorCode, type Upstream } from '../kernel/errors.ts'
import { findEntry } from './error-map.ts'
import { inWords, type KnownNames, type Name, NAMES } from './known-names.ts'
import type { Command, MapEntry, Shell, Who } from './map-entry.ts'
import { connectingLine, quotedCommand } from './quoted-command.ts'
import { WHO_WORDS } from './who-words.ts'

/** Better words for one failure. The catalogue's own title and fix stand beside it and stay what they are. */
export interface Explanation {
  /** What Microsoft calls it: `AADSTS50173`, `ErrorAccessDenied`. Absent when only our own code was known. */
  said: string | undefined
  cause: string
  who: Who
  /** Who, as a person reads it. */
  whoWords: string
  where: string
  commands: readonly ExplainedCommand[]
  /** Microsoft's page about the number. */
  lookUpUrl: string | undefined
}

export interface ExplainedCommand {
  shell: Shell
  /** Connects to the right organization first; to be copied as it is. */
  text: string
}

/** Our codes that mean the same as one of Microsoft's, for states that were stored without what Microsoft said. */
const SAME_AS: Readonly<Partial<Record<ErrorCode, number | string>>> = {
  'cloud_providers.redirect_uri_unregistered': 50011,
  'cloud_providers.secret_wrong': 7000215,
  'cloud_providers.secret_expired': 7000222,
  'cloud_providers.credential_missing': 7000218,
  'cloud_providers.client_disabled': 7000112,
  'cloud_providers.client_unknown': 700016,
  'cloud_providers.not_in_tenant': 7000229,
  'cloud_providers.tenant_unknown': 90002,
  'tokens.consent_required': 65001,
  'tokens.refresh_token_short': 700084,
  'tokens.resource_unavailable': 500011,
  'transports.access_denied': 'ErrorAccessDenied',
  'transports.send_as_denied': 'ErrorSendAsDenied',
  'transports.mailbox_not_found': 'ErrorInvalidUser',
  'transports.mailbox_not_enabled': 'MailboxNotEnabledForRESTAPI',
  'transports.mailbox_full': 'ErrorQuotaExceeded',
  'transports.send_limit_reached': 'ErrorExceededMessageLimit',
  'email_accounts.sends_on_behalf': 'ErrorSendAsDenied',
  'transports.imap_token_refused': 'AuthenticateFailed',
  'transports.imap_off': 'AuthenticatedButNotConnected',
  'transports.imap_no_access': 'AuthenticatedButNotConnected',
  'transports.imap_application_unknown': 'AuthenticatedButNotConnected',
  'transports.imap_too_many_connections': 'TooManyConnections',
  'transports.smtp_off': '5.7.139 SmtpClientAuthentication',
  'transports.smtp_token_refused': '5.7.3',
  'transports.smtp_sign_in_blocked': '5.7.139',
  'transports.smtp_sender_blocked': '5.1.8',
}

/**
 * Says what a failure means and who can end it, where, with which command. `undefined` when the catalogue's own fix is all
 * there is to say. It chooses words; nothing may be decided by what it answers.
 */
export function explain(code: string, upstream: Upstream | undefined, names: KnownNames = {}): Explanation | undefined {
  const found = fromUpstream(upstream) ?? fromOurs(code)
  if (!found) return undefined
  const { entry, said } = found
  return {
    said: typeof said === 'number' ? `AADSTS${said}` : said,
    cause: sentence(entry.cause, names),
    who: entry.who,
    whoWords: entry.who === 'person' ? inWords('person', names, false) : WHO_WORDS[entry.who],
    where: sentence(entry.where, names),
    commands: commandsOf(entry, names),
    lookUpUrl: typeof said === 'number' ? `https://login.microsoftonline.com/error?code=${said}` : undefined,
  }
}

interface Found {
  entry: MapEntry
  said: number | string | undefined
}

/** Several numbers may come: the first that is in the map is the one Microsoft leads with. */
function fromUpstream(upstream: Upstream | undefined): Found | undefined {
  for (const said of [...(upstream?.errorCodes ?? []), ...(upstream?.code === undefined ? [] : [upstream.code])]) {
    const entry = findEntry(said)
    if (entry) return { entry, said }
  }
  return undefined
}

function fromOurs(code: string): Found | undefined {
  const same = Object.hasOwn(CATALOGUE, code) ? SAME_AS[code as ErrorCode] : undefined
  const entry = same === undefined ? undefined : findEntry(same)
  return entry && { entry, said: undefined }
}

const HOLE = new RegExp(String.raw`\{(${NAMES.join('|')})\}`, 'g')

function sentence(text: string, names: KnownNames): string {
  return text.replaceAll(HOLE, (_hole, name: Name, at: number) => inWords(name, names, at === 0))
}

/** In another cloud, a command of these shells would change the tenant of the global cloud. */
function reachesCloud(shell: Shell, { scriptNames }: KnownNames): boolean {
  return scriptNames !== 'none' || shell === 'exchange-powershell'
}

/** One block per shell, which connects once. */
function commandsOf({ commands = [] }: MapEntry, names: KnownNames): ExplainedCommand[] {
  const { principal = 'person' } = names
  const fitting = commands.filter(
    ({ only, shell }) => (only === undefined || only === principal) && reachesCloud(shell, names),
  )
  const byShell = new Map<Shell, Command[]>()
  for (const command of fitting) byShell.set(command.shell, [...(byShell.get(command.shell) ?? []), command])
  return [...byShell].map(([shell, ofShell]) => ({
    shell,
    text: [connectingLine(ofShell[0]!, names), ...ofShell.map((command) => quotedCommand(command, names))].join('\n'),
  }))
}
