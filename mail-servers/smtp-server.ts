import type { ServerChild } from './child.ts'
import { removeDataFolder } from './data-folder.ts'
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

/** A started server as tests use it. Its sink and its folder go with it. */
export function smtpServerOf({
  folder,
  port,
  ca,
  child,
  sink,
  log,
}: Pick<SmtpServer, 'port' | 'ca' | 'sink' | 'log'> & { folder: string; child: ServerChild }): SmtpServer {
  return {
    host: '127.0.0.1',
    port,
    ca,
    sink,
    arrived: () => sink.arrived,
    log,
    async stop() {
      await child.stop()
      await sink.stop()
      removeDataFolder(folder)
    },
  }
}
