/** `cheetah completion`: a script for the shell, which asks `cheetah completion words` at every Tab. */
import type { CommandModule } from 'yargs';

interface CompletionArguments {
  shell: 'bash' | 'zsh' | undefined;
}

/** No word found means that files are completed. The program is asked by the name it was typed with. */
const SCRIPTS = {
  bash: `# completion of cheetah for bash; in ~/.bashrc: source <(cheetah completion bash)
_cheetah() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _cheetah cheetah
`,
  zsh: `#compdef cheetah
# completion of cheetah for zsh; in ~/.zshrc, after compinit: source <(cheetah completion zsh)
_cheetah() {
  local -a found
  found=("\${(@f)$("$words[1]" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found[1]" ]]; then compadd -- "$found[@]"; else _files; fi
}
compdef _cheetah cheetah
`,
} as const;

export const completionCommand: CommandModule<object, CompletionArguments> = {
  command: 'completion [shell]',
  describe: 'print a script that completes commands, options and names',
  builder: (parser) =>
    parser
      .positional('shell', {
        choices: ['bash', 'zsh'] as const,
        describe: 'by default that of $SHELL, or bash',
      })
      .example('source <($0 completion bash)', 'in ~/.bashrc')
      .example('source <($0 completion zsh)', 'in ~/.zshrc, after compinit'),
  handler: ({ shell }) => {
    const own = process.env.SHELL?.endsWith('/zsh') ? 'zsh' : 'bash';
    process.stdout.write(SCRIPTS[shell ?? own]);
  },
};
