import { Worker } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { CreateBackupDeps, WrittenBackup } from './create-backup.ts'

type OrderDeps = Pick<CreateBackupDeps, 'databaseUrl' | 'version' | 'recipients' | 'at'>

/** Data of a thread: what `createBackup` needs, without functions. */
export interface BackupOrder extends OrderDeps {
  target: string
}

export type ToThread = 'continue' | 'stop'

export type OfThread =
  | 'begun'
  | { written: WrittenBackup }
  | { failure: { code: ErrorCode; detail: string | undefined; cause: string | undefined } }

const PROGRAM = new URL('backup-thread.ts', import.meta.url)

/**
 * Writes a backup in a thread of its own, with the errors of `createBackup`. The main thread answers requests meanwhile.
 * Settles when the thread has ended.
 *
 * @throws {AppError} also `backup.interrupted` when the thread ends by itself, such as for lack of memory
 */
export async function createInThread(
  target: string,
  { databaseUrl, version, recipients, at, signal, onBegun }: OrderDeps & Pick<CreateBackupDeps, 'signal' | 'onBegun'>,
): Promise<WrittenBackup> {
  const order: BackupOrder = { target, databaseUrl, version, recipients, at }
  const worker = new Worker(PROGRAM, { workerData: order, execArgv: [] })
  const send = (message: ToThread) => worker.postMessage(message)
  const stop = () => send('stop')
  let written: WrittenBackup | undefined
  let failure: Error | undefined
  const refuse = (error: unknown) => {
    failure ??= error instanceof Error ? error : new AppError('backup.interrupted', { cause: error })
    stop()
  }
  worker.on('message', (message: OfThread) => {
    if (message === 'begun') void Promise.resolve(onBegun?.()).then(() => send('continue'), refuse)
    else if ('written' in message) ({ written } = message)
    else failure ??= toError(message.failure)
  })
  worker.on('error', (cause) => {
    failure ??= new AppError('backup.interrupted', { cause })
  })
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  await new Promise((resolve) => worker.on('exit', resolve))
  signal?.removeEventListener('abort', stop)
  if (failure) throw failure
  if (!written) throw new AppError('backup.interrupted')
  return written
}

function toError({ code, detail, cause }: { code: ErrorCode; detail: string | undefined; cause: string | undefined }) {
  return new AppError(code, { detail, cause: cause === undefined ? undefined : new Error(cause) })
}
