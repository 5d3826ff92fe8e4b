import { GraphError } from './graph-error.ts'

/**
 * Paths of the site. Like Graph, errors for any other address name the wrong segment, or report that only the method is
 * wrong.
 */
export interface KnownPaths {
  add(method: string, pattern: string): void
  /** Error for a request without a matching route. */
  refusalOf(path: string): GraphError
}

interface Node {
  children: Map<string, Node>
  methods: Set<string>
}

const PARAMETER = ':'

export function createKnownPaths(): KnownPaths {
  const root: Node = { children: new Map(), methods: new Set() }

  function add(method: string, pattern: string): void {
    let node = root
    for (const segment of segmentsOf(pattern)) {
      const key = segment.startsWith(':') ? PARAMETER : segment.toLowerCase()
      let child = node.children.get(key)
      if (!child) node.children.set(key, (child = { children: new Map(), methods: new Set() }))
      node = child
    }
    node.methods.add(method.toUpperCase())
  }

  function refusalOf(path: string): GraphError {
    const segments = segmentsOf(path)
    let nodes = [root]
    for (const segment of segments) {
      nodes = nodes.flatMap(({ children }) =>
        [children.get(segment.toLowerCase()), children.get(PARAMETER)].filter((node) => node !== undefined),
      )
      if (nodes.length === 0) return segmentNotFound(segment)
    }
    const allowed = new Set(nodes.flatMap(({ methods }) => [...methods]))
    if (allowed.size === 0) return segmentNotFound(segments.at(-1) ?? '')
    return new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.', {
      allow: [...allowed].sort().join(', '),
    })
  }

  return { add, refusalOf }
}

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter(Boolean)
    .map((segment) => decodeURIComponent(segment))
}

function segmentNotFound(segment: string): GraphError {
  return new GraphError(400, 'BadRequest', `Resource not found for the segment '${segment}'.`)
}
