import type { AppError } from '../../kernel/errors.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { CloudProvider } from '../cloud-provider.ts'
import type { Cloud } from '../clouds/cloud.ts'
import type { ProviderCredential } from './provider-credential.ts'

/** Result of testing a credential. */
export type Trial =
  /** `accessToken` serves for one request to the directory and is discarded then. */
  | { outcome: 'works'; accessToken: Secret }
  | { outcome: 'refused'; error: AppError }
  /** Microsoft refused the application or the tenant before it looked at the credential. */
  | { outcome: 'client'; error: AppError }
  | { outcome: 'untold'; error: AppError }

/** Tests one credential of a registration. Implemented by `tokens`, which alone talks to the token endpoint. */
export type CredentialTrial = (
  registration: { provider: CloudProvider; cloud: Cloud },
  credential: ProviderCredential,
) => Promise<Trial>
