import type { Secret } from '../../kernel/secret.ts'

export interface AccessToken {
  value: Secret
  expiresAt: Date
}

/** The guarded way out (`kernel/egress.ts`). */
export interface Egress {
  fetch(url: string, request: EgressRequest): Promise<Response>
}

export interface EgressRequest {
  method: string
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  timeoutMs: number
  maxBytes: number
}
