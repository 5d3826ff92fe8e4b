import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { sessionCookieName } from '../people/index.ts'
import { describeRoutes } from './describe-routes.ts'
import type { Route } from './route.ts'

/** Builds the description of the API from the schemas that validate requests and build responses. */
export async function describeApi(app: FastifyInstance, publicUrl: URL, routes: readonly Route[]): Promise<void> {
  const sessionCookie = sessionCookieName(publicUrl)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Postkey',
        version: '1',
        description:
          'Connects Microsoft 365 mailboxes with Modern Authentication and lets a team work their mail. ' +
          'Failures are problems (RFC 9457) with a code, a remedy and a fix.',
        contact: { name: 'The admins of this installation' },
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      // Relative to the address of this description (OpenAPI 3.1, 4.8.5), which is that of the server.
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: sessionCookie,
            description:
              'Session cookie, set by signing in. Requests that change data must carry the Origin of PUBLIC_URL.',
          },
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key with the scopes that the route names.' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (source) =>
      describeRoutes(withoutForeignPatterns(withoutUnused(jsonSchemaTransformObject(source))), routes),
  })
}

type Document = ReturnType<typeof jsonSchemaTransformObject>

/** Removes the request forms of schemas that no request uses. */
function withoutUnused<T extends Document>(document: T): T {
  const schemas = 'components' in document ? (document.components.schemas ?? {}) : {}
  const used = new Set<string>()
  const reach = (part: unknown) => {
    for (const [, name] of JSON.stringify(part ?? {}).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name!)) continue
      used.add(name!)
      reach(schemas[name!])
    }
  }
  reach(document.paths)
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
  return { ...document, components: { ...('components' in document && document.components), schemas: kept } }
}

/**
 * Removes patterns with properties of Unicode, such as `\p{Cc}`: Python lacks them, and Rust and Go lack some, so programs
 * generated from the description would fail to load. Requests are still checked by them.
 */
function withoutForeignPatterns<T>(part: T): T {
  if (Array.isArray(part)) return part.map(withoutForeignPatterns) as T
  if (typeof part !== 'object' || part === null) return part
  const kept = Object.entries(part)
    .filter(([name, value]) => name !== 'pattern' || !String(value).includes('\\p{'))
    .map(([name, value]): [string, unknown] => [name, withoutForeignPatterns<unknown>(value)])
    // A schema that had such a pattern only.
    .map(([name, value]) => [name, name === 'allOf' && Array.isArray(value) ? value.filter(isNotEmpty) : value])
  return Object.fromEntries(kept) as T
}

function isNotEmpty(schema: unknown): boolean {
  return typeof schema !== 'object' || schema === null || Object.keys(schema).length > 0
}
