import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { MAX_REQUEST_BYTES } from '../api.ts'
import { OutsideError } from '../outside-error.ts'

export interface Upload {
  field: string
  name: string
  contentType: string
  content: Buffer
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Files of a posted form, without the empty ones that browsers send for an unused file field. */
    uploads: Upload[]
  }
}

const MOST_FILES = 250

/**
 * Supports forms with files. Their fields become the body, like those of any other form, before the anti-forgery check;
 * the files are in `request.uploads`. A request is held in memory and limited in size.
 */
export function registerUploads(site: FastifyInstance): void {
  site.decorateRequest('uploads')
  void site.register(multipart, {
    throwFileSizeLimit: true,
    limits: { fileSize: MAX_REQUEST_BYTES, fieldSize: MAX_REQUEST_BYTES, files: MOST_FILES, fields: 50 },
  })
  site.addHook('preValidation', async (request) => {
    request.uploads = []
    if (!request.isMultipart()) return
    // A request with too large a Content-Length is refused without reading it.
    if (Number(request.headers['content-length'] ?? 0) > MAX_REQUEST_BYTES) throw tooLarge()
    try {
      request.body = await readParts(request)
    } catch (error) {
      // The parser sets a status only for limits; its other errors mean that the body is not a valid form.
      if (error instanceof OutsideError || (error instanceof Error && 'statusCode' in error)) throw error
      throw new OutsideError(400, 'The form is damaged or incomplete. Send it again.', undefined, error)
    }
  })
}

async function readParts(request: FastifyRequest): Promise<URLSearchParams> {
  const fields = new URLSearchParams()
  let total = 0
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const content = await part.toBuffer()
      total += content.length
      if (content.length > 0 || part.filename !== '') {
        request.uploads.push({
          field: part.fieldname,
          name: part.filename,
          contentType: part.mimetype,
          content,
        })
      }
    } else {
      const value = String(part.value)
      total += value.length
      fields.append(part.fieldname, value)
    }
    if (total > MAX_REQUEST_BYTES) throw tooLarge()
  }
  return fields
}

function tooLarge(): OutsideError {
  return new OutsideError(413, 'The message exceeds 36 MB. Encoding enlarges attachments by a third.')
}
