import type { Secret } from '../kernel/secret.ts'

export interface TransportToken {
  value: Secret
  expiresAt: Date
}
