#compdef zfs-lockstep
# zsh completion for zfs-lockstep(8)

local -a subcommands
subcommands=(
@COMMANDS@
)
local command=wizard
if [[ -n ${words[2]} ]] && (( ${subcommands[(I)${words[2]}:*]} )); then command=${words[2]}; fi
if (( CURRENT == 2 )) && [[ ${words[2]} != -* ]]; then
	_describe -t commands 'zfs-lockstep command' subcommands
	return
fi
# What follows -- in guard is the command line of another program.
local dashes=${words[(i)--]}
if [[ $command == guard ]] && (( dashes < CURRENT )); then
	shift $dashes words
	(( CURRENT -= dashes ))
	_normal -p $service
	return
fi
if [[ ${words[2]} == $command ]]; then
	shift words
	(( CURRENT-- ))
fi
case $command in
@ARGUMENTS@
esac
