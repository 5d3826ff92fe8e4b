import { Gauge, type Registry } from 'prom-client'
import type { BackupWatch } from '../../backup/index.ts'

/** Metrics of the last complete backup, absent before the first one. Returns a function that reads them. */
export function createBackupFigures(registry: Registry, backups: Pick<BackupWatch, 'status'>): () => Promise<void> {
  const registers = [registry]
  const madeAt = new Gauge({
    name: 'postkey_backup_last_success_timestamp_seconds',
    help: 'Time of the rows in the last complete backup, scheduled or of the command line; absent before the first one',
    registers,
  })
  const size = new Gauge({
    name: 'postkey_backup_last_size_bytes',
    help: 'Size of the last complete backup',
    registers,
  })
  const duration = new Gauge({
    name: 'postkey_backup_last_duration_seconds',
    help: 'Duration of the last complete backup',
    registers,
  })
  // A new gauge is 0, which would be a backup of 1970.
  const clear = () => [madeAt, size, duration].forEach((gauge) => gauge.remove())
  clear()
  return async function read() {
    const { complete } = await backups.status()
    clear()
    if (!complete) return
    madeAt.set(complete.startedAt.getTime() / 1000)
    size.set(complete.sizeBytes)
    duration.set((complete.endedAt.getTime() - complete.startedAt.getTime()) / 1000)
  }
}
