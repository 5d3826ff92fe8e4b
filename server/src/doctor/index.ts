/**
 * The doctor checks all components between this machine and a mailbox, from the clock to Send As. Each check reports
 * its result, who can fix a problem, and how. It stores nothing and owns no table. Used by `http` and `cli`.
 */
export { createDoctor, type Doctor, type DoctorDeps } from './doctor.ts'
export type { DoctorLine, Examined, CheckOutcome } from './doctor-line.ts'
export { type DoctorReport, textOfLine } from './report.ts'
export { NONCE, SELF_TEST_PATH } from './self-test.ts'
export { examineUnopened } from './unopened.ts'
export { abbreviateAddresses } from './redaction.ts'
export { CHECK_LABELS } from './texts.ts'
