import type { Defect, QuarantineReason } from '../mail/index.ts'

/** What one message may cost. Mail of people stays far below; what does not is read as far as it goes. */
export const BOUNDS = {
  /** Exchange keeps 150 MB at most, and base64 makes a third more of it. */
  sourceBytes: 210 * 1024 * 1024,
  parts: 1000,
  /** How many multiparts lie inside one another. */
  depth: 20,
  /** All fields of one header. A thousand recipients need fifty thousand bytes. */
  headerBytes: 1024 * 1024,
  fields: 2000,
  fieldBytes: 256 * 1024,
  /** Characters of the text that is shown. The rest is in the source. */
  textLength: 4_000_000,
  recipients: 5000,
  nameLength: 255,
  subjectLength: 2000,
  /** Things inside a container that is no multipart: winmail.dat, uuencode. */
  contained: 200,
} as const

/** What was noticed on the way. The first bound that breaks is the reason for the quarantine. */
export class Findings {
  readonly defects = new Set<Defect>()
  quarantine: { reason: QuarantineReason; detail: string } | undefined
  parts = 0

  defect(defect: Defect): void {
    this.defects.add(defect)
  }

  broke(reason: QuarantineReason, detail: string): void {
    this.quarantine ??= { reason, detail }
  }
}
