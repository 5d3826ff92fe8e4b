import { optionsOf } from './usage.ts'
import { TEXTS } from './texts.ts'
import type { Verb } from './verb.ts'

export interface Suggestion {
  word: string
  sentence: string
}

/** Suggestions after some words of a command line. Options and the word `help` do not count as words. */
export interface Position {
  words: readonly string[]
  /** False if more words can follow, such as operands. */
  isExact: boolean
  suggestions: readonly Suggestion[]
  /** True where an operand is a path. */
  takesFiles: boolean
}

/** Names of operands and values that are paths. */
const PATH = /FILE|FOLDER/

/** All positions, those with more words first: the first that fits decides. */
export function completionTable(verbs: readonly Verb[]): Position[] {
  const firsts = [...new Set(verbs.map(({ name }) => name.split(' ')[0]!))]
  const ofVerbs = verbs.map((verb) => {
    const operands = verb.operands ?? []
    const choices = operands.flatMap(({ choices: words = [] }) => words.map((word) => ({ word, sentence: word })))
    return {
      words: verb.name.split(' '),
      isExact: false,
      suggestions: [...choices, ...suggestedOptions(verb)],
      takesFiles: operands.some(({ name }) => PATH.test(name)),
    }
  })
  const ofGroups = firsts.flatMap((first) => {
    const group = verbs.filter(({ name }) => name.startsWith(`${first} `))
    const verb = ofVerbs.find(({ words }) => words.join(' ') === first)
    const seconds = group.map(({ name, sentence }) => ({ word: name.split(' ')[1]!, sentence }))
    if (seconds.length === 0) return []
    const suggestions = [...seconds, ...(verb?.suggestions ?? [])]
    return [{ words: [first], isExact: true, suggestions, takesFiles: verb?.takesFiles ?? false }]
  })
  const start = firsts.map((word) => ({ word, sentence: sentenceOf(word, verbs) }))
  return [
    ...ofVerbs.filter(({ words }) => words.length === 2),
    ...ofGroups,
    ...ofVerbs.filter(({ words }) => words.length === 1),
    { words: [], isExact: true, suggestions: start, takesFiles: false },
  ]
}

/** Options after which a value follows: a path, or another one, for which there is no suggestion. */
export function valuedOptions(verbs: readonly Verb[]): { paths: string[]; others: string[] } {
  const valued = verbs.flatMap(({ options = {} }) =>
    Object.entries(options).filter(([, { type }]) => type === 'string'),
  )
  const names = (isOfPath: boolean) =>
    valued.flatMap(([name, { value = '' }]) => (PATH.test(value) === isOfPath ? [`--${name}`] : []))
  return { paths: [...new Set(names(true))], others: [...new Set(names(false))] }
}

function suggestedOptions(verb: Verb): Suggestion[] {
  const options = optionsOf(verb).map(([usage, sentence]) => ({ word: usage.split(' ')[0]!, sentence }))
  return [...options, { word: '--json', sentence: TEXTS.jsonOption }, { word: '--help', sentence: TEXTS.helpOption }]
}

/** The sentence of a command of one word; the words of a group. */
function sentenceOf(first: string, verbs: readonly Verb[]): string {
  const verb = verbs.find(({ name }) => name === first)
  const seconds = verbs.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.split(' ')[1]!] : []))
  return verb?.sentence ?? seconds.join(', ')
}
