/**
 * The doctor: looks at everything between this machine and the mail of a mailbox, from the clock to Send As, and says of
 * each thing whether it is right, who can mend it and how. Saves nothing; owns no table. `http` and `cli` come in.
 */
export { createDoctor, type Doctor, type DoctorDeps } from './doctor.ts'
export type { DoctorLine, Examined, CheckOutcome } from './doctor-line.ts'
export { type DoctorReport, EXAMINED_WORDS, textOfLine } from './report.ts'
export { NONCE, SELF_TEST_PATH } from './self-test.ts'
export { examineUnopened } from './unopened.ts'
export { abbreviateAddresses } from './redaction.ts'
