import { getPriority, setPriority } from 'node:os'

/** Added to the nice value: requests of users and the database come first when the processors are busy. */
const NICER_BY = 10
const NICEST = 19

/** Lowers the priority of the calling thread. Only a thread of background work calls it. */
export function giveWay(): void {
  // On Linux, this is the priority of the calling thread; elsewhere it would be that of the whole process.
  if (process.platform !== 'linux') return
  try {
    setPriority(Math.min(getPriority() + NICER_BY, NICEST))
  } catch {
    // A container may forbid it. The thread works as well without.
  }
}
