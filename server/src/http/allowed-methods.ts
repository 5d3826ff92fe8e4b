import type { Route } from './route.ts'

/**
 * Returns a function that lists the methods of the routes at an address, in the order of the `Allow` header (RFC 9110
 * §10.2.1); empty for an address without a route.
 */
export function createAllowedMethods(routes: readonly Pick<Route, 'at'>[]): (url: string) => string[] {
  const known = routes.map(({ at }) => {
    const [method = '', path = ''] = at.split(' ')
    return { method, segments: path.split('/') }
  })
  return (url) => {
    const segments = url.split('?', 1)[0]!.split('/')
    const methods = known
      .filter(
        (route) =>
          route.segments.length === segments.length &&
          route.segments.every((segment, index) => segment.startsWith(':') || segment === segments[index]),
      )
      .map(({ method }) => method)
    return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].toSorted()
  }
}
