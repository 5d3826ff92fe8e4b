/**
 * The error catalog: every error that Postkey reports. Each room has one file of entries. An entry decides everything
 * about its error, and a missing field does not compile.
 *
 * Codes are part of the API: never renamed, never reused. Texts may be improved at any time. `docs/errors.md` is
 * generated from this list (`npm run errors`).
 */
import { ACCOUNT_BATCHES } from './account-batches.ts'
import { ALERTS } from './alerts.ts'
import { AUDIT } from './audit.ts'
import { BACKUP } from './backup.ts'
import { CLOUD_PROVIDERS } from './cloud-providers.ts'
import { CONNECT_SESSIONS } from './connect-sessions.ts'
import { DATABASE } from './database.ts'
import { DOCTOR } from './doctor.ts'
import { EGRESS } from './egress.ts'
import { EMAIL_ACCOUNTS } from './email-accounts.ts'
import { HTTP } from './http.ts'
import { IDENTITY_PROVIDERS } from './identity-providers.ts'
import { IMAP } from './imap.ts'
import { INSTALLATION } from './installation.ts'
import { KERNEL } from './kernel.ts'
import { MAIL } from './mail.ts'
import { ACCOUNT_ACTIONS } from './account-actions.ts'
import { NOTIFICATIONS } from './notifications.ts'
import { PEOPLE } from './people.ts'
import { RETENTION } from './retention.ts'
import { SIGN_IN } from './sign-in.ts'
import { SMTP } from './smtp.ts'
import { SUBMISSION } from './submission.ts'
import { GRANTS } from './grants.ts'
import { TRANSPORTS } from './transports.ts'
import { WEBHOOKS } from './webhooks.ts'
import { WRITING } from './prepared-texts.ts'
import type { ErrorEntry, MicrosoftCodes } from './error-entry.ts'
import type { Parameter, ParametersIn } from './parameters.ts'

const ENTRIES = {
  ...KERNEL,
  ...INSTALLATION,
  ...DATABASE,
  ...BACKUP,
  ...AUDIT,
  ...EGRESS,
  ...HTTP,
  ...PEOPLE,
  ...RETENTION,
  ...CLOUD_PROVIDERS,
  ...GRANTS,
  ...SIGN_IN,
  ...IDENTITY_PROVIDERS,
  ...CONNECT_SESSIONS,
  ...ACCOUNT_BATCHES,
  ...EMAIL_ACCOUNTS,
  ...TRANSPORTS,
  ...IMAP,
  ...SMTP,
  ...MAIL,
  ...SUBMISSION,
  ...ACCOUNT_ACTIONS,
  ...NOTIFICATIONS,
  ...ALERTS,
  ...WEBHOOKS,
  ...DOCTOR,
  ...WRITING,
} as const

export type ErrorCode = keyof typeof ENTRIES

/** Rejects, at compile time, an entry whose texts have an unknown parameter. */
type Filled<All extends Readonly<Record<string, ErrorEntry>>> = {
  readonly [Code in keyof All]: [Exclude<ParametersIn<All[Code]['title' | 'fix']>, Parameter>] extends [never]
    ? ErrorEntry
    : { unknownParameter: Exclude<ParametersIn<All[Code]['title' | 'fix']>, Parameter> }
}

export const CATALOGUE: Readonly<Record<ErrorCode, ErrorEntry>> = ENTRIES satisfies Filled<typeof ENTRIES>

const CODES_OF_GRAPH = byMicrosoftCode(({ graph }) => graph)
const CODES_OF_MICROSOFT = byMicrosoftCode((all) => (Object.values(all) as (readonly (number | string)[])[]).flat())

/**
 * Returns the error whose entry has this Graph code, for any HTTP status. Ignores case, because Graph uses two
 * spellings.
 */
export function errorOfGraph(said: string): ErrorCode | undefined {
  return CODES_OF_GRAPH.get(said.toLowerCase())
}

/** Returns the error whose entry has this Microsoft code: an AADSTS number, or a code of Graph, IMAP or SMTP. */
export function errorOfMicrosoft(said: number | string): ErrorCode | undefined {
  return CODES_OF_MICROSOFT.get(String(said).toLowerCase())
}

function byMicrosoftCode(choose: (codes: MicrosoftCodes) => readonly (number | string)[] | undefined) {
  const codes = Object.keys(CATALOGUE) as ErrorCode[]
  return new Map(
    codes.flatMap((code) =>
      (choose(CATALOGUE[code].microsoft ?? {}) ?? []).map((said) => [String(said).toLowerCase(), code] as const),
    ),
  )
}

export { whoCanFix } from './who-can-fix.ts'
export { fillIn, fillText, PARAMETERS, type Parameter } from './parameters.ts'
export { SCOPES } from './error-entry.ts'
export type { Effect, ErrorEntry, ErrorWords, Remedy, Scope, Stage } from './error-entry.ts'
