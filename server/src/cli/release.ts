import { TEXTS } from './texts.ts'
import { EXIT, type Program, type Verb } from './verb.ts'

/** The program `postkey` of a release, which also starts the server. */
export function programOfRelease({ serve, start }: Record<'serve' | 'start', () => Promise<void>>): Program {
  const verbs = [
    verbOf({ name: 'serve', sentence: TEXTS.serveSentence, details: [TEXTS.serveDetails] }, serve),
    verbOf({ name: 'start', sentence: TEXTS.startSentence, details: [TEXTS.startDetails, TEXTS.startCommands] }, start),
  ]
  return { command: 'postkey', installation: TEXTS.ofRelease, verbs }
}

function verbOf(
  { details, ...verb }: Required<Pick<Verb, 'name' | 'sentence' | 'details'>>,
  run: () => Promise<void>,
): Verb {
  return {
    ...verb,
    details: [...details, TEXTS.serveExitCodes],
    async run() {
      await run()
      return EXIT.fine
    },
  }
}
