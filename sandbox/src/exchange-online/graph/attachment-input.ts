import { oneLine } from '../mime/index.ts'
import type { AttachmentContent } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import { JsonBody, requestBodyRead } from './json-body.ts'

/** Files of 3 MB and more need an upload session. */
export const LARGEST_POSTED_FILE_BYTES = 3 * 1024 * 1024

const NAMES: ReadonlySet<string> = new Set([
  'id',
  'name',
  'contentType',
  'size',
  'isInline',
  'lastModifiedDateTime',
  'contentBytes',
  'contentId',
  'contentLocation',
  'item',
  'sourceUrl',
  'providerType',
  'permission',
  'isFolder',
  'previewUrl',
  'thumbnailUrl',
])

/** Reads a `fileAttachment` or `referenceAttachment` from a client. */
export function readAttachment(value: unknown): AttachmentContent {
  const body = new JsonBody(value, 'attachment')
  body.allowOnly(NAMES)
  const type = (body.text('@odata.type') ?? '').replace(/^#/, '').toLowerCase()
  const common = {
    name: oneLine(body.text('name') ?? '').slice(0, 255),
    contentType: oneLine(body.text('contentType') ?? ''),
    isInline: body.boolean('isInline') ?? false,
    contentId: body.text('contentId')?.replace(/^<|>$/g, ''),
  }
  switch (type) {
    case 'microsoft.graph.fileattachment': {
      const content = readBytes(body.text('contentBytes') ?? '')
      return {
        ...common,
        kind: 'file',
        contentType: common.contentType === '' ? 'application/octet-stream' : common.contentType,
        content,
        sourceUrl: undefined,
      }
    }
    case 'microsoft.graph.referenceattachment': {
      const sourceUrl = body.text('sourceUrl')
      if (sourceUrl === undefined) throw requestBodyRead("The property 'sourceUrl' is required.")
      return { ...common, kind: 'reference', content: new Uint8Array(), sourceUrl }
    }
    case 'microsoft.graph.itemattachment':
      throw new GraphError(501, 'notSupported', 'The sandbox cannot make an item attachment from JSON; send MIME.')
    default:
      throw requestBodyRead(
        "An attachment needs '@odata.type', one of '#microsoft.graph.fileAttachment', " +
          "'#microsoft.graph.itemAttachment' and '#microsoft.graph.referenceAttachment'.",
      )
  }
}

function readBytes(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) {
    throw requestBodyRead("Cannot convert the literal of 'contentBytes' to the expected type 'Edm.Binary'.")
  }
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length >= LARGEST_POSTED_FILE_BYTES) {
    throw new GraphError(413, 'ErrorMessageSizeExceeded', 'A file of 3 MB or more is attached with an upload session.')
  }
  return new Uint8Array(bytes)
}
