import type { Secret } from '../kernel/secret.ts'

export interface AccessToken {
  value: Secret
  expiresAt: Date
}
