import type { ServerChild } from './child.ts'
import { removeDataFolder } from './data-folder.ts'
import type { SmtpSink } from './smtp-sink.ts'

/** Operations that every real submission server of this folder offers to tests. */
export interface SmtpServer {
  host: '127.0.0.1'
  port: number
  /** CA certificate that a client must trust, in PEM format; only with `tls`. */
  ca: string | undefined
  /** Sink that receives all mail for external domains. */
  sink: SmtpSink
  /** Messages that have arrived at the sink so far. */
  arrived(): SmtpSink['arrived']
  log(): string
  stop(): Promise<void>
}

/** Wraps a started server for tests. Stopping it also stops its sink and deletes its folder. */
export function wrapSmtpServer({
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
