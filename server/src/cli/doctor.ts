import { z } from 'zod'
import {
  type DoctorLine,
  type DoctorReport,
  examineUnopened,
  abbreviateAddresses,
  textOfLine,
} from '../doctor/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { Outcome, Time } from './shapes.ts'
import { TEXTS } from './texts.ts'
import { ACTOR, EXIT, type CliRooms, type Verb, type VerbCall } from './verb.ts'

/** Failures of opening an installation that the doctor reports as a line. */
const DIAGNOSED: readonly ErrorCode[] = [
  'database.unavailable',
  'database.refused',
  'database.disk_full',
  'kernel.key_missing',
  'kernel.key_wrong',
]

const Line = z.strictObject({
  id: z.string(),
  what: z.string(),
  about: z.string().optional(),
  label: z.string(),
  outcome: Outcome,
  title: z.string(),
  facts: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  code: z.string().optional(),
  remedy: z.string().optional(),
  who: z.string().optional(),
  fix: z.string().optional(),
  explanation: z
    .strictObject({
      said: z.string().optional(),
      cause: z.string(),
      who: z.string(),
      whoWords: z.string(),
      where: z.string(),
      commands: z.array(z.strictObject({ shell: z.string(), text: z.string() })),
      lookupUrl: z.string().optional(),
    })
    .optional(),
  because: z.string().optional(),
  place: z.int(),
})

export const doctorVerb: Verb = {
  name: 'doctor',
  sentence: TEXTS.doctorSentence,
  details: [TEXTS.doctorAccount, TEXTS.doctorExitCode],
  operands: [{ name: 'ACCOUNT', isOptional: true }],
  options: {
    'send-test': { type: 'boolean', sentence: TEXTS.sendTestOption },
    addresses: { type: 'boolean', sentence: TEXTS.addressesOption },
  },
  shape: z.strictObject({ at: Time, outcome: Outcome, lines: z.array(Line) }),
  async run(call) {
    const { json, print, options } = call
    const shown = (text: string) => (options['addresses'] === true ? text : abbreviateAddresses(text))
    const printed: DoctorLine[] = []
    const tell = (line: DoctorLine) => {
      printed.push(line)
      // Progress output for a waiting user; the whole report follows in order.
      if (!json && process.stderr.isTTY) process.stderr.write(`${shown(textOfLine(line, printed)[0]!)}\n`)
    }
    const report = await examine(call, tell)
    const text = options['addresses'] === true ? report.text.whole : report.text.abbreviated
    if (!json) print(text)
    else {
      const { at, outcome, lines } = report
      print(shown(JSON.stringify({ at, outcome, lines })))
    }
    return report.outcome === 'wrong' ? EXIT.foundTrouble : EXIT.fine
  },
}

/** Examines the installation, or the account of the first operand. One that can't be opened is a finding. */
export async function examine(
  { open, clock, operands, options }: VerbCall,
  tell: (line: DoctorLine) => void,
): Promise<DoctorReport> {
  let rooms: CliRooms
  try {
    rooms = await open()
  } catch (thrown) {
    const error = AppError.from(thrown)
    if (!DIAGNOSED.includes(error.code)) throw error
    return examineUnopened(error, clock)
  }
  const { doctor } = rooms
  const [name] = operands
  if (name === undefined) return doctor.examine(tell)
  const { id } = await doctor.findAccount(name)
  return doctor.examineAccount(id, options['send-test'] === true ? { sendTest: { actor: ACTOR } } : {}, tell)
}
