/** Contents of a request to the directory. */
import type { FastifyRequest } from 'fastify'
import { actionParameters, GraphError } from '../../exchange-online/graph/index.ts'
import { isObject, type JsonObject, type Problem } from '../registration/json-reader.ts'
import { badRequest } from './directory-errors.ts'

/** The JSON object in the body of a request. */
export function parseBody(request: FastifyRequest): JsonObject {
  if (request.body === undefined || request.body === null || request.body === '') {
    throw new GraphError(400, 'BadRequest', 'Empty Payload. JSON content expected.')
  }
  if (!isObject(request.body)) throw badRequest('The body must be a JSON object.')
  return request.body
}

/** Parameters of an action, in their documented spelling. */
export function readParameters(request: FastifyRequest, ...names: string[]): JsonObject {
  return actionParameters(parseBody(request), names) as JsonObject
}

/**
 * Key in the address. Besides the object id, Graph accepts an alternate key, `applications(appId='…')`, which the site
 * passes on as the segment `appId=…`.
 */
export function readKey(request: FastifyRequest): { id: string } | { appId: string } {
  const { id = '' } = request.params as { id?: string }
  const alternate = /^appId=(.*)$/is.exec(id)?.[1]
  return alternate === undefined ? { id } : { appId: alternate.toLowerCase() }
}

export function readParameter(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string | undefined>)[name] ?? ''
}

/** Throws the first problem, because Graph reports one at a time. */
export function refuseProblems(problems: readonly Problem[]): void {
  if (problems[0]) throw badRequest(problems[0].message)
}
