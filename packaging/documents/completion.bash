# bash completion for zfs-lockstep(8)

_zfs_lockstep() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=wizard words index
	case ${COMP_WORDS[1]-} in @NAMES_PATTERN@) command=${COMP_WORDS[1]} ;; esac
	# What follows -- in guard is the command line of another program.
	if [[ $command == guard ]]; then
		for ((index = 2; index < COMP_CWORD; index++)); do
			if [[ ${COMP_WORDS[index]} == -- ]]; then
				if declare -F _command_offset >/dev/null; then _command_offset $((index + 1)); fi
				return
			fi
		done
	fi
	case $previous in
@VALUES@
	esac
	case $command in
@FLAGS@
	esac
	if ((COMP_CWORD == 1)) && [[ $current != -* ]]; then words='@NAMES@'; fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _zfs_lockstep zfs-lockstep
