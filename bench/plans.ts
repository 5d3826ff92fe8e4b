/** Plans of statements as auto_explain writes them to the log of PostgreSQL. */

export interface ExplainedStatement {
  text: string
  ms: number
  /** Blocks of 8 kB, and those of them that were not in the memory of PostgreSQL. */
  blocks: number
  read: number
  /** Nodes with rows and blocks, the outermost first. */
  nodes: string[]
}

interface PlanNode {
  'Node Type': string
  'Index Name'?: string
  'Relation Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Shared Hit Blocks'?: number
  'Shared Read Blocks'?: number
  Plans?: PlanNode[]
}

/** Statements of a part of the log, in its order. */
export function readPlans(log: string): ExplainedStatement[] {
  return log.split(/^(?=\d{4}-\d\d-\d\d )/m).flatMap((entry) => {
    const [, ms, json] = /duration: ([\d.]+) ms {2}plan:\n([^]*)$/.exec(entry) ?? []
    if (ms === undefined || json === undefined) return []
    const { 'Query Text': text, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode }
    return [
      {
        ...{ text: text.replaceAll(/\s+/g, ' ').trim(), ms: Number(ms), blocks: blocksOf(plan) },
        ...{ read: plan['Shared Read Blocks'] ?? 0, nodes: nodesOf(plan, 0) },
      },
    ]
  })
}

/** Equal neighbors, such as the same scan of many months, are one line. */
function nodesOf(node: PlanNode, depth: number): string[] {
  const of = node['Index Name'] ?? node['Relation Name']
  const loops = node['Actual Loops'] ?? 0
  const own = [
    `${'  '.repeat(depth)}${node['Node Type']}${of === undefined ? '' : ` ${withoutMonth(of)}`}: `,
    loops === 0 ? 'never' : `${Math.round((node['Actual Rows'] ?? 0) * loops)} rows`,
    loops > 1 ? ` in ${loops} loops` : '',
    `, ${blocksOf(node)} blocks`,
  ].join('')
  return [own, ...together((node.Plans ?? []).map((child) => nodesOf(child, depth + 1)))]
}

function together(children: readonly string[][]): string[] {
  const shapes = Map.groupBy(children, (lines) => lines.map((line) => line.replaceAll(/\d+/g, '')).join('\n'))
  return [...shapes.values()].flatMap((same) => {
    const [first, ...others] = same as [string[], ...string[][]]
    return others.length === 0 ? first : [...first, `${/^ */.exec(first[0]!)![0]}… and ${others.length} more like it`]
  })
}

function withoutMonth(name: string): string {
  return name.replace(/_\d{4}_\d\d(?=_|$)/, '_YYYY_MM')
}

function blocksOf(node: PlanNode): number {
  return (node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0)
}
