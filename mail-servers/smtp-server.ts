import type { SmtpSink } from './smtp-sink.ts'

/** Operations that every real submission server of this folder offers to a test. */
export interface SmtpServer {
  host: '127.0.0.1'
  port: number
  /** What a client must trust, PEM; only with `tls`. */
  ca: string | undefined
  /** Where everything goes that is not for its own domains. */
  sink: SmtpSink
  /** What came out at the sink so far. */
  arrived(): SmtpSink['arrived']
  log(): string
  stop(): Promise<void>
}
