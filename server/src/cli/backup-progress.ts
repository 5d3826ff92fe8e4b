import type { BackupProgress, BackupStep } from '../backup/index.ts'
import { fillText } from '../kernel/errors.ts'
import { TEXTS } from './texts.ts'

const EVERY_MS = 5_000
/** Before this share is done, the time that is left can't be estimated. */
const SMALLEST_SHARE = 0.02

/**
 * Reports the progress of a backup or a restore every few seconds: share, size and the time that is left in the step.
 *
 * @param monotonic time in milliseconds
 */
export function createProgress(note: (text: string) => void, monotonic: () => number = () => performance.now()) {
  let step: BackupStep | undefined
  let startedAt = 0
  let notedAt = monotonic()
  return (progress: BackupProgress): void => {
    const now = monotonic()
    if (progress.step !== step) {
      step = progress.step
      startedAt = now
    }
    if (now - notedAt < EVERY_MS) return
    notedAt = now
    note(textOf(progress, now - startedAt))
  }
}

function textOf({ step, table, done, of }: BackupProgress, elapsedMs: number): string {
  const share = of > 0 ? Math.min(1, done / of) : 0
  const left =
    share >= SMALLEST_SHARE ? fillText(TEXTS.timeLeft, { time: durationOf((elapsedMs / share) * (1 - share)) }) : ''
  const size = step === 'index' ? `${done} / ${of}` : `${sizeText(done)} / ${sizeText(of)}`
  const what = table === undefined ? '' : ` ${table}`
  return `${TEXTS.steps[step]}${what}: ${Math.floor(share * 100)} %, ${size}${left}`
}

function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}

/** Size in the unit that leaves one to three digits before the point. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}
