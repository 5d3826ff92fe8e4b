import type { FastifyInstance, FastifyRequest } from 'fastify'

/** A file that came with a form is kept in the form under this name and the file's field, as base64. */
export const FILE_SUFFIX = '.base64'

/**
 * Takes forms with files (`multipart/form-data`). They become the same kind of form as the others, so that the
 * anti-forgery check sees them, too.
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
      // The platform's own parser keeps the whole form in memory and is advised against for that; forms here are small.
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
