import { setTimeout as pause } from 'node:timers/promises'
import type { SMTPServerSession } from 'smtp-server'
import type { FaultsAsked, SmtpFault, Subject } from '../../faults/index.ts'
import { Reply } from './replies.ts'
import type { SignedIn } from './sign-in.ts'
import type { Connection } from './exchange-replies.ts'

export type FaultPoint =
  'smtp.connection' | 'smtp.sign-in' | 'smtp.sender' | 'smtp.recipient' | 'smtp.message' | 'smtp.taken'

/** Applies faults to a session. Clients kept waiting are disconnected when the fault is switched off. */
export function createSessionFaults(faults: FaultsAsked) {
  const waiting = new Set<Connection>()
  const forget = faults.onSwitchedOff(letGo)

  function letGo(): void {
    for (const connection of waiting) connection._socket.destroy()
    waiting.clear()
  }

  return {
    /**
     * Mailbox and caller of the session, in the form that faults are matched against; both missing before the sign-in.
     */
    subjectOf(session: SMTPServerSession, call: string): Subject {
      return { ...(session.user as SignedIn | undefined)?.subject, call: `SMTP ${call}` }
    },

    /**
     * Applies faults at this point; `false` when the connection has ended or hangs.
     *
     * @throws Reply in place of the regular reply
     */
    async applyAt(point: FaultPoint, connection: Connection, subject: Subject): Promise<boolean> {
      const delay = faults.ask('smtp.delay', subject)
      if (delay) await pause(delay.ms)
      const fault = faults.ask(point, subject)
      return fault === undefined || carryOut(fault, connection)
    },

    close(): void {
      forget()
      letGo()
    },
  }

  function carryOut(fault: SmtpFault, connection: Connection): boolean {
    if (fault.kind === 'reply') throw new Reply(fault.reply)
    if (fault.kind === 'cut') connection._socket.destroy()
    else {
      waiting.add(connection)
      connection._socket.once('close', () => waiting.delete(connection))
    }
    return false
  }
}

export type SessionFaults = ReturnType<typeof createSessionFaults>
