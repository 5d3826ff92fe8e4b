/** The one way out: every call to a cloud or to an address that somebody typed in goes through here. */
export interface Egress {
  fetch(url: string | URL, request?: EgressRequest): Promise<Response>
}

export interface EgressRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  body?: string | URLSearchParams | Uint8Array
  /** For the whole exchange, body of the answer included. */
  timeoutMs?: number
  /** The largest body of an answer that is read, after decompression. */
  maxBytes?: number
  signal?: AbortSignal
}
