/**
 * Body of an action with its parameters in the documented spelling. Graph ignores the case of parameter names, unlike
 * that of entity properties: SDKs generated from its metadata send `DestinationId`, the documentation has
 * `destinationId`.
 *
 * @param names the parameters of the action; other members stay unchanged
 */
export function actionParameters(body: unknown, names: readonly string[]): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const known = new Map(names.map((name) => [name.toLowerCase(), name]))
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [known.get(name.toLowerCase()) ?? name, value as unknown]),
  )
}
