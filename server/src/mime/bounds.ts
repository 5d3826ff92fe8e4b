import type { Defect, QuarantineReason } from '../mail/index.ts'

/**
 * Resource limits of one message. Ordinary mail stays far below; a message beyond a limit is read as far as possible.
 */
export const BOUNDS = {
  /** Exchange accepts at most 150 MB, and base64 adds a third. */
  sourceBytes: 210 * 1024 * 1024,
  parts: 1000,
  /** Maximum nesting of multiparts. */
  depth: 20,
  /** Maximum bytes of all fields of one header. A thousand recipients need fifty thousand bytes. */
  headerBytes: 1024 * 1024,
  fields: 2000,
  fieldBytes: 256 * 1024,
  /** Maximum characters of the displayed text. The rest stays in the source. */
  textLength: 4_000_000,
  recipients: 5000,
  nameLength: 255,
  subjectLength: 2000,
  /** Maximum items inside a container that isn't a multipart: winmail.dat, uuencode. */
  contained: 200,
} as const

/** Findings of parsing. The first exceeded limit becomes the reason for the quarantine. */
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
