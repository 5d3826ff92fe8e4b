/**
 * Number of files in remaining import cycles, by the longest common folder of a cycle. Type imports count. The number
 * may only decrease: `check-rooms` fails on a new cycle, and on an entry that is higher than needed.
 */
export const KNOWN_CYCLES: Readonly<Record<string, number>> = {
  'sandbox/src/control-panel': 3,
  'sandbox/src/exchange-online/imap': 10,
  'sandbox/src/exchange-online/mail-store': 6,
  'sandbox/src/exchange-online/transport': 3,
  'sandbox/src/portal/directory-api': 5,
  'sandbox/src/portal/site': 15,
  'sandbox/src/tenants': 2,
  'server/src/events': 2,
  'web/src/scenes/inbox/composer': 2,
}

/** Imports of each file, as paths relative to the repository. Targets outside the map are ignored. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

/** Complaints about import cycles that `known` does not cover, each with the shortest cycle as a path of files. */
export function cycleComplaints(graph: ImportGraph, known = KNOWN_CYCLES): string[] {
  const cycles = findCycles(graph)
  const found = Map.groupBy(cycles, commonFolder)
  const complaints = [...found].flatMap(([folder, inFolder]) => {
    const count = inFolder.flat().length
    if (count === known[folder]) return []
    if (count < (known[folder] ?? 0)) return [`import-cycles.ts: lower "${folder}" to ${count}`]
    const paths = inFolder.map((files) => shortestCycle(graph, files).join(' → '))
    return paths.map((path) => `${folder}: import cycle, type imports included: ${path}`)
  })
  const ended = Object.keys(known).filter((folder) => !found.has(folder))
  return [
    ...complaints,
    ...ended.map((folder) => `import-cycles.ts: remove "${folder}", it has no import cycle any more`),
  ]
}

/** Strongly connected components of more than one file, or of one file that imports itself (Tarjan 1972). */
function findCycles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const cycles: string[][] = []

  function visit(file: string): void {
    order.set(file, order.size)
    lowest.set(file, order.get(file)!)
    stack.push(file)
    onStack.add(file)
    for (const target of graph.get(file)!) {
      if (!graph.has(target)) continue
      if (!order.has(target)) {
        visit(target)
        lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!))
      } else if (onStack.has(target)) lowest.set(file, Math.min(lowest.get(file)!, order.get(target)!))
    }
    if (lowest.get(file) !== order.get(file)) return
    const component = stack.splice(stack.indexOf(file))
    for (const each of component) onStack.delete(each)
    if (component.length > 1 || graph.get(file)!.includes(file)) cycles.push(component)
  }

  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return cycles
}

/** Shortest path from a file of the component back to itself. */
function shortestCycle(graph: ImportGraph, component: readonly string[]): string[] {
  const paths = component.map((start) => {
    const queue = [[start]]
    const seen = new Set<string>()
    for (const path of queue) {
      for (const target of graph.get(path.at(-1)!) ?? []) {
        if (target === start) return [...path, start]
        if (!component.includes(target) || seen.has(target)) continue
        seen.add(target)
        queue.push([...path, target])
      }
    }
    return [start]
  })
  return paths.reduce((best, path) => (path.length < best.length ? path : best))
}

function commonFolder(files: readonly string[]): string {
  const folders = files.map((file) => file.split('/').slice(0, -1))
  const [first] = folders
  const length = first!.findIndex((part, depth) => folders.some((folder) => folder[depth] !== part))
  return first!.slice(0, length === -1 ? undefined : length).join('/')
}
