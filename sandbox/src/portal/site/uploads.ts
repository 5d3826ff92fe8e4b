import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Suffix of the form field that contains an uploaded file as base64, after the name of the file's field. */
export const FILE_SUFFIX = '.base64'

/**
 * Accepts forms with files (`multipart/form-data`) and converts them to regular forms, so that the anti-forgery check
 * covers them.
 *
 * @see RFC 7578
 */
export function acceptUploads(site: FastifyInstance): void {
  site.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const form = new URLSearchParams()
      const type = request.headers['content-type'] ?? ''
      // The platform's own parser keeps the whole form in memory, which is acceptable because forms here are small.
      const parts = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
        // eslint-disable-next-line @typescript-eslint/no-deprecated
        .formData()
        .catch(() => undefined)
      for (const [name, value] of parts ?? []) {
        if (typeof value === 'string') form.append(name, value)
        else form.append(name + FILE_SUFFIX, Buffer.from(await value.arrayBuffer()).toString('base64'))
      }
      return form
    },
  )
}
