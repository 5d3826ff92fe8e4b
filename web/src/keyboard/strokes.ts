interface Pressed {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** Time limit for the second letter of a sequence. */
const PATIENCE_MS = 1500

/** Name of the stroke as in the table; undefined for strokes of the browser or the system. */
export function readStroke({ key, code, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string | undefined {
  if (altKey) return undefined
  // Other scripts use the same key codes: j is at its place on an English keyboard.
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  const name = letter !== undefined && !/^[\p{Script=Latin}]$/u.test(key) ? letter.toLowerCase() : key
  const plain = name.length === 1 && (!shiftKey || ctrlKey || metaKey) ? name.toLowerCase() : name
  return ctrlKey || metaKey ? `Mod+${plain}` : plain
}

/** Combines strokes. An unknown sequence after `g` is dropped, and triggers no other command. */
export function createStrokeReader(sequences: readonly string[]): (stroke: string, atMs: number) => string | undefined {
  let begun: { stroke: string; atMs: number } | undefined
  return (stroke, atMs) => {
    const isSecond = begun !== undefined && atMs - begun.atMs < PATIENCE_MS
    const whole = isSecond ? `${begun!.stroke} ${stroke}` : stroke
    const begins = !isSecond && sequences.some((sequence) => sequence.startsWith(`${stroke} `))
    begun = begins ? { stroke, atMs } : undefined
    return sequences.includes(whole) ? whole : undefined
  }
}
