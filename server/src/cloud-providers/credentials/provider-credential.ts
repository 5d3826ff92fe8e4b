import type { ErrorCode } from '../../kernel/errors.ts'
import type { ProviderCredentialId } from '../../kernel/ids.ts'
import type { Secret } from '../../kernel/secret.ts'
import { TEXTS } from '../texts.ts'
import type { Certificate } from './certificates.ts'

/** A client secret (its *Value*, never its *Secret ID*), or a request to create a certificate. */
export type NewCredential =
  | {
      kind: 'secret'
      secret: Secret
      /** Expiry date that Entra ID showed when the secret was created. */
      expiresAt: Date | undefined
    }
  | { kind: 'certificate'; months: number }

/** Microsoft's verdict on the credential. */
export type Standing =
  /** Not tried yet. `code`: the error for a certificate that is not uploaded yet. */
  | { state: 'untried'; code?: ErrorCode }
  | { state: 'works'; since: Date }
  | { state: 'refused'; since: Date; code: ErrorCode }

/** Fields of a credential that may be shown. */
export interface CredentialSummary {
  id: ProviderCredentialId
  kind: 'secret' | 'certificate'
  expiresAt: Date | undefined
  /** Time at which the expiry date was read from the registration; undefined if it was entered. */
  expiryReadAt: Date | undefined
  createdAt: Date
  /** First characters of a secret, as Microsoft shows them; undefined for a certificate. */
  hint: string | undefined
  /** Description of the secret in the registration, if Postkey may read it. */
  description: string | undefined
  standing: Standing
  lastUsedAt: Date | undefined
  /** Time of the next automatic try; undefined once the credential works. */
  trialAt: Date | undefined
  /** True if a newer credential works, so that this one can be removed. */
  isReplaced: boolean
  /** Public part of the certificate, which may be shared. */
  certificate: Certificate | undefined
}

/** Number of characters of a secret that the directory shows. */
const HINT_LENGTH = 3

export function toHint(secret: Secret): string {
  return secret.reveal().slice(0, HINT_LENGTH)
}

type Shown = Pick<CredentialSummary, 'kind' | 'hint' | 'certificate'>

/** First characters of a secret or of a certificate's thumbprint, as the portal shows them. */
export function shownBeginning({ kind, hint, certificate }: Shown): string | undefined {
  return kind === 'secret' ? hint : certificate?.sha1.slice(0, 8)
}

export const KIND_WORDS = { secret: TEXTS.clientSecret, certificate: TEXTS.certificate } as const

/** Stable display name: `client secret Qx8…`, `certificate 1A2B3C4D…`. */
export function nameOfCredential(credential: Shown): string {
  const what = KIND_WORDS[credential.kind]
  const begins = shownBeginning(credential)
  return begins === undefined ? what : `${what} ${begins}…`
}

/** A credential with its secret part. Only `tokens` and the doctor receive it. */
export type ProviderCredential = CredentialSummary & {
  /** Secret, or private key of the certificate (PKCS #8, PEM). */
  proof: Secret
}
