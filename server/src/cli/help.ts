import { z } from 'zod'
import { findVerb } from './find-verb.ts'
import { describeShape } from './shape-text.ts'
import { TEXTS } from './texts.ts'
import { describeUsage, optionsOf, usageOf, usageOfGroup, usageOfVerb } from './usage.ts'
import { EXIT, type Verb, type VerbCall } from './verb.ts'

export const helpVerb: Verb = {
  name: 'help',
  sentence: TEXTS.helpSentence,
  operands: [
    { name: 'COMMAND', isOptional: true },
    { name: 'WORD', isOptional: true },
  ],
  shape: z.strictObject({
    commands: z.array(
      z.strictObject({
        name: z.string(),
        usage: z.string(),
        sentence: z.string(),
        options: z.array(z.strictObject({ usage: z.string(), sentence: z.string() })),
        output: z.string().optional(),
      }),
    ),
  }),
  async run(call) {
    showHelp(call.operands, call)
    return EXIT.fine
  },
}

/** Prints the help of all commands, or of those that `words` names. */
export function showHelp(
  words: readonly string[],
  { verbs, program, json, print }: Pick<VerbCall, 'verbs' | 'program' | 'json' | 'print'>,
) {
  const found = words.length === 0 ? { group: verbs } : findVerb(words, verbs)
  if (json) print(JSON.stringify({ commands: ('verb' in found ? [found.verb] : found.group).map(toJson) }))
  else if ('verb' in found) print(usageOfVerb(found.verb, program, verbsBelow(found.verb, verbs)))
  else print(words.length === 0 ? describeUsage(verbs, program) : usageOfGroup(found.group, program))
}

/** Verbs that begin with the name of another one, such as `backup verify`. */
function verbsBelow({ name }: Verb, verbs: readonly Verb[]): Verb[] {
  return verbs.filter((each) => each.name.startsWith(`${name} `))
}

function toJson(verb: Verb) {
  const { name, sentence, shape } = verb
  const options = optionsOf(verb).map(([usage, meaning]) => ({ usage, sentence: meaning }))
  return { name, usage: usageOf(verb), sentence, options, ...(shape && { output: describeShape(shape) }) }
}
