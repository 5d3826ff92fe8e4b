/** Reads the forms, links and visible text of a page. For the sandbox's own pages, not a general parser. */

export interface Control {
  name: string
  type: string
  value: string
  checked: boolean
  /** Possible values: those of a list, or of all radio buttons with that name. */
  choices: readonly string[]
  label: string
}

export interface Button {
  name: string | undefined
  value: string
  text: string
}

export interface Form {
  id: string | undefined
  action: string
  method: 'get' | 'post'
  enctype: string
  controls: readonly Control[]
  buttons: readonly Button[]
}

export interface Link {
  href: string
  text: string
}

const VOID = new Set(['input', 'br', 'hr', 'img', 'link', 'meta'])
const TOKEN =
  /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)((?:\s+[^\s=>/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?|\s*\/)*)\s*>/g
const ATTRIBUTE = /([^\s=>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g

interface Element {
  tag: string
  attributes: Record<string, string>
  /** Text content, with entities decoded and white space collapsed. */
  text: string
  /** Text content with white space kept, for text areas. */
  rawText: string
  /** Positions of the start tag and of the end tag. */
  start: number
  end: number
}

/** All elements of the page in document order. */
function readElements(markup: string): Element[] {
  const found: Element[] = []
  const open: { element: Element; contentStart: number }[] = []
  for (const match of markup.matchAll(TOKEN)) {
    const [whole, slash, name, attributeText = ''] = match
    if (name === undefined) continue
    const tag = name.toLowerCase()
    if (slash === '/') {
      const at = open.findLastIndex(({ element }) => element.tag === tag)
      if (at < 0) continue
      const { element, contentStart } = open[at]!
      open.length = at
      element.end = match.index
      const inner = markup.slice(contentStart, match.index)
      element.rawText = decodeEntities(inner)
      element.text = visibleText(inner)
      continue
    }
    const attributes: Record<string, string> = {}
    for (const [, key = '', double, single, bare] of attributeText.matchAll(ATTRIBUTE)) {
      attributes[key.toLowerCase()] = decodeEntities(double ?? single ?? bare ?? '')
    }
    const element = { tag, attributes, text: '', rawText: '', start: match.index, end: markup.length }
    found.push(element)
    if (!VOID.has(tag)) open.push({ element, contentStart: match.index + whole.length })
  }
  return found
}

export function readForms(markup: string): Form[] {
  const elements = readElements(markup)
  const labels = new Map(
    elements.filter(({ tag }) => tag === 'label').map(({ attributes, text }) => [attributes['for'] ?? '', text]),
  )
  return elements
    .filter(({ tag }) => tag === 'form')
    .map((form) => {
      const inside = elements.filter(({ start }) => start > form.start && start < form.end)
      return {
        id: form.attributes['id'],
        action: form.attributes['action'] ?? '',
        method: form.attributes['method']?.toLowerCase() === 'post' ? 'post' : 'get',
        enctype: form.attributes['enctype'] ?? 'application/x-www-form-urlencoded',
        controls: readControls(inside, labels),
        buttons: readButtons(inside),
      }
    })
}

function readControls(inside: readonly Element[], labels: ReadonlyMap<string, string>): Control[] {
  const controls: Control[] = []
  for (const { tag, attributes, rawText, start, end } of inside) {
    const name = attributes['name']
    if (name === undefined || !['input', 'select', 'textarea'].includes(tag)) continue
    if ('disabled' in attributes || ['submit', 'button', 'image'].includes(attributes['type'] ?? '')) continue
    const label = labels.get(attributes['id'] ?? '') ?? ''
    const common = { name, label, checked: false }
    if (tag === 'textarea') {
      controls.push({ ...common, type: tag, value: rawText.replace(/^\n/, ''), choices: [] })
    } else if (tag === 'select') {
      const options = inside.filter((option) => option.tag === 'option' && option.start > start && option.start < end)
      const valueOf = (option: Element) => option.attributes['value'] ?? option.text
      const chosen = options.find((option) => 'selected' in option.attributes) ?? options[0]
      controls.push({ ...common, type: tag, value: chosen ? valueOf(chosen) : '', choices: options.map(valueOf) })
    } else {
      const type = attributes['type'] ?? 'text'
      const value = attributes['value'] ?? (type === 'checkbox' || type === 'radio' ? 'on' : '')
      controls.push({ ...common, type, value, checked: 'checked' in attributes, choices: [] })
    }
  }
  return controls
}

function readButtons(inside: readonly Element[]): Button[] {
  return inside.flatMap(({ tag, attributes, text }) => {
    const type = attributes['type'] ?? (tag === 'button' ? 'submit' : 'text')
    if (type !== 'submit' || 'disabled' in attributes) return []
    if (tag !== 'button' && tag !== 'input') return []
    const value = attributes['value'] ?? ''
    return { name: attributes['name'], value, text: tag === 'button' ? text : value }
  })
}

export function readLinks(markup: string): Link[] {
  return readElements(markup)
    .filter(({ tag, attributes }) => tag === 'a' && attributes['href'] !== undefined)
    .map(({ attributes, text }) => ({ href: attributes['href']!, text }))
}

/** Visible text of a page. */
export function visibleText(markup: string): string {
  const visible = markup.replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<!doctype[^>]*>/i, ' ')
  return decodeEntities(visible.replace(TOKEN, ' ')).replace(/\s+/g, ' ').trim()
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' }

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return ENTITIES[name ?? ''] ?? whole
  })
}
