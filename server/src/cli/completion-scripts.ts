import { completionTable, valuedOptions, type Position } from './completion-table.ts'
import type { Verb } from './verb.ts'

/** Shells with a completion script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type CompletionShell = (typeof SHELLS)[number]

/** The completion script of a shell, for a command named `postkey`. */
export function completionScript(shell: CompletionShell, verbs: readonly Verb[]): string {
  return { bash, zsh, fish }[shell](verbs)
}

/** Words that cannot begin a file fall back to file names. */
function bash(verbs: readonly Verb[]): string {
  const { paths, others } = valuedOptions(verbs)
  const cases = completionTable(verbs).map((position) => {
    const words = position.suggestions.map(({ word }) => word).join(' ')
    return `    ${patternOf(position)}) words=${quoted(words)} ;;`
  })
  return `# Load it in ~/.bashrc: source <(postkey completion bash)
_postkey() {
  local word words='' line=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* || $word == help ]] || line+="$word "
  done
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    ${[...paths, ...others].join('|') || quoted('')}) return ;;
  esac
  case "$line" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _postkey postkey`
}

function zsh(verbs: readonly Verb[]): string {
  const { paths, others } = valuedOptions(verbs)
  const cases = completionTable(verbs).map((position) => {
    const found = position.suggestions.map(({ word, sentence }) => quoted(`${word}:${sentence}`)).join(' ')
    return `    ${patternOf(position)}) found=(${found})${position.takesFiles ? '; files=1' : ''} ;;`
  })
  return `#compdef postkey
# Load it in ~/.zshrc, after compinit: source <(postkey completion zsh)
_postkey() {
  local word line='' files=''
  local -a found
  for word in \${words[2,CURRENT-1]}; do
    [[ $word == -* || $word == help ]] || line+="$word "
  done
  case "\${words[CURRENT-1]}" in
    ${paths.join('|') || quoted('')}) _files; return ;;
    ${others.join('|') || quoted('')}) return 1 ;;
  esac
  case "$line" in
${cases.join('\n')}
  esac
  _describe postkey found
  [[ -z $files ]] || _files
}
if [[ $funcstack[1] == _postkey ]]; then _postkey "$@"; else compdef _postkey postkey; fi`
}

function fish(verbs: readonly Verb[]): string {
  const { paths, others } = valuedOptions(verbs)
  const lines = completionTable(verbs).flatMap(({ words, isExact, suggestions, takesFiles }) => {
    const condition = `-n ${quoted([isExact ? '__postkey_at' : '__postkey_in', ...words].join(' '))}`
    const files = takesFiles ? [`complete -c postkey ${condition} -F`] : []
    return [
      ...suggestions.map(({ word, sentence }) => {
        const needsValue = paths.includes(word) ? ' -rF' : others.includes(word) ? ' -x' : ''
        const what = word.startsWith('--') ? `-l ${word.slice(2)}${needsValue}` : `-a ${word}`
        return `complete -c postkey ${condition} ${what} -d ${quoted(sentence)}`
      }),
      ...files,
    ]
  })
  return `# Load it in ~/.config/fish/config.fish: postkey completion fish | source
function __postkey_line
  set -l line
  for word in (commandline -opc)[2..-1]
    string match -qr -- '^(-.*|help)$' $word; or set -a line $word
  end
  echo "$line "
end
function __postkey_at
  test (__postkey_line) = "$argv "
end
function __postkey_in
  string match -q -- "$argv *" (__postkey_line)
end
complete -c postkey -f
${lines.join('\n')}`
}

/** Pattern of `case` for a line of words, each followed by a space. */
function patternOf({ words, isExact }: Position): string {
  const line = quoted(words.map((word) => `${word} `).join(''))
  return isExact ? line : `${line}*`
}

/** A word in single quotes, for all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
