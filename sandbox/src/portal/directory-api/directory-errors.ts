/** Errors of Graph's directory, with Microsoft's codes and wording. */
import { GraphError } from '../../exchange-online/graph/index.ts'

export function denied(): GraphError {
  return new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
}

export function badRequest(message: string): GraphError {
  return new GraphError(400, 'Request_BadRequest', message)
}

export function notFound(id: string): GraphError {
  const message = `Resource '${id.slice(0, 200)}' does not exist or one of its queried reference-property objects are not present.`
  return new GraphError(404, 'Request_ResourceNotFound', message)
}

export function alreadyExists(message: string): GraphError {
  return new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message)
}

export function unsupportedQuery(): GraphError {
  return new GraphError(400, 'Request_UnsupportedQuery', 'Unsupported Query.')
}
