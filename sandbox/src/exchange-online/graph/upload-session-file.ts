import { actionParameters } from './action-parameters.ts'
import { GraphError } from './graph-error.ts'

/** File properties that a client sends before the file; Graph's `attachmentItem`. */
export interface AnnouncedFile {
  name: string
  contentType: string
  sizeBytes: number
  isInline: boolean
  contentId: string | undefined
}

const MEGABYTE = 1024 * 1024
/** Smaller files are sent in one POST. Unconfirmed: Microsoft's "3 MB" may also mean 3,000,000 bytes. */
export const SMALLEST_FILE_BYTES = 3 * MEGABYTE
export const LARGEST_FILE_BYTES = 150 * MEGABYTE

/**
 * Reads `{"AttachmentItem": {…}}`.
 *
 * @see https://learn.microsoft.com/graph/api/attachment-createuploadsession
 * @see https://learn.microsoft.com/graph/outlook-large-attachments#errors
 */
export function readAttachmentItem(body: unknown): AnnouncedFile {
  const item = member(actionParameters(body, ['attachmentItem']), 'attachmentItem')
  const name = member(item, 'name')
  const size = member(item, 'size')
  const contentType = member(item, 'contentType') ?? 'application/octet-stream'
  const isInline = member(item, 'isInline') ?? false
  const contentId = member(item, 'contentId') ?? undefined

  if (String(member(item, 'attachmentType')).toLowerCase() !== 'file') throw wrong("attachmentType must be 'file'")
  if (!isText(name, 255) || name === '') throw wrong('name must be a string of 1 to 255 characters')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw wrong('size must be a whole number')
  if (!isText(contentType, 255)) throw wrong('contentType must be a string')
  if (typeof isInline !== 'boolean') throw wrong('isInline must be true or false')
  if (contentId !== undefined && !isText(contentId, 255)) throw wrong('contentId must be a string')

  if (size < SMALLEST_FILE_BYTES) {
    // The code is documented; the wording is the sandbox's.
    const message = 'The attachment is smaller than 3 MB; add it with one POST to the attachments of the message.'
    throw new GraphError(400, 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize', message)
  }
  if (size > LARGEST_FILE_BYTES) {
    throw new GraphError(
      413,
      'ErrorMessageSizeExceeded',
      'The attachment is larger than the 150 MB that Exchange takes.',
    )
  }
  return { name, contentType, sizeBytes: size, isInline, contentId }
}

/** Start offset of a piece, after a check that its `Content-Range` is the next one of a file of `sizeBytes`. */
export function checkContentRange(
  header: string | undefined,
  { pieceBytes, receivedBytes, sizeBytes }: { pieceBytes: number; receivedBytes: number; sizeBytes: number },
): void {
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(header?.trim() ?? '') ?? []
  // Unconfirmed: the code of the first three; that of the last is documented for Graph's other uploads.
  if (first === undefined || last === undefined || total === undefined) {
    throw wrong("Content-Range must be 'bytes {start}-{end}/{total}'")
  }
  if (Number(total) !== sizeBytes) throw wrong(`Content-Range must end with the announced size, ${sizeBytes}`)
  if (Number(last) - Number(first) + 1 !== pieceBytes) throw wrong('Content-Range does not fit the size of the body')
  if (Number(first) !== receivedBytes || Number(last) >= sizeBytes) {
    throw new GraphError(416, 'invalidRange', 'The specified byte range is invalid or unavailable.')
  }
}

function wrong(what: string): GraphError {
  return new GraphError(400, 'BadRequest', `${what}.`)
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest
}
