/** Imports of each file, as paths relative to the repository. Targets outside the map are ignored. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

/** Complaints about import cycles, one per cycle, with its shortest path of files. Type imports count. */
export function cycleComplaints(graph: ImportGraph): string[] {
  return findCycles(graph).map(
    (files) => `import cycle, type imports included: ${shortestCycle(graph, files).join(' → ')}`,
  )
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
