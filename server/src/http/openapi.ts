import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

/** The API's description, made of the very schemas that requests are validated by and answers are made of. */
export async function describeApi(app: FastifyInstance, publicUrl: URL): Promise<void> {
  const sessionCookie = publicUrl.protocol === 'https:' ? '__Secure-postkey.session_token' : 'postkey.session_token'
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Postkey',
        version: '1',
        description:
          'Connects Microsoft 365 mailboxes with Modern Authentication and lets a team work their mail. ' +
          'Failures are problems (RFC 9457) with a code, a remedy and a fix.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: sessionCookie,
            description: 'Set by signing in. Requests that change something must carry the Origin of PUBLIC_URL.',
          },
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key with the scopes that the route names.' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}
