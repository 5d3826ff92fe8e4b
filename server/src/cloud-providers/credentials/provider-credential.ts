import type { ErrorCode } from '../../kernel/errors.ts'
import type { ProviderCredentialId } from '../../kernel/ids.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { Certificate } from './certificates.ts'

/** A client secret (its *Value*, never its *Secret ID*), or the wish for a certificate, which is made here. */
export type NewCredential =
  | {
      kind: 'secret'
      secret: Secret
      /** The end date that Entra ID showed when the secret was made. */
      endsAt: Date | undefined
    }
  | { kind: 'certificate'; months: number }

/** What Microsoft says to it. */
export type Standing =
  /** Nothing, or to a certificate that nobody has uploaded yet what `code` says. */
  | { state: 'untried'; code?: ErrorCode }
  | { state: 'works'; since: Date }
  | { state: 'refused'; since: Date; code: ErrorCode }

/** What may be shown of a credential. */
export interface CredentialSummary {
  id: ProviderCredentialId
  kind: 'secret' | 'certificate'
  endsAt: Date | undefined
  /** The end date was read in the registration at Microsoft, and not typed in. */
  endReadAt: Date | undefined
  createdAt: Date
  /** First characters of a secret, by which Microsoft shows it, too; undefined for a certificate. */
  hint: string | undefined
  /** Description of the secret in the registration, where Postkey may read it. */
  description: string | undefined
  standing: Standing
  lastUsedAt: Date | undefined
  /** When Postkey tries it next by itself; undefined once it works. */
  trialAt: Date | undefined
  /** A newer one works, so this one may go. */
  isReplaced: boolean
  /** The public part, which may go anywhere. */
  certificate: Certificate | undefined
}

/** Number of characters of a secret that the directory shows. */
const HINT_LENGTH = 3

export function hintOf(secret: Secret): string {
  return secret.reveal().slice(0, HINT_LENGTH)
}

type Shown = Pick<CredentialSummary, 'kind' | 'hint' | 'certificate'>

/** First characters of a secret, or of the thumbprint of a certificate: what the portal shows of it. */
export function beginningOf({ kind, hint, certificate }: Shown): string | undefined {
  return kind === 'secret' ? hint : certificate?.sha1.slice(0, 8)
}

/** The same in each list and at each time: `client secret Qx8…`, `certificate 1A2B3C4D…`. */
export function nameOfCredential(credential: Shown): string {
  const what = credential.kind === 'secret' ? 'client secret' : 'certificate'
  const begins = beginningOf(credential)
  return begins === undefined ? what : `${what} ${begins}…`
}

/** A credential with its secret part. Only `tokens` and the doctor receive it. */
export type ProviderCredential = CredentialSummary & {
  /** The secret, or the private key of the certificate (PKCS #8, PEM). */
  proof: Secret
}
