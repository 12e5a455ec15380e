### trap order with exit in function
cleanup() { echo "cleanup $1 $?"; }; trap 'cleanup exit' EXIT; f() { exit 4; }; f
### nested traps
trap 'echo outer' EXIT; (trap 'echo inner' EXIT; exit 1); echo $?; trap - EXIT; echo end
### trap uses variables late
x=1; trap 'echo $x' EXIT; x=2
### trap with single quotes and functions
handler() { echo "signal $1"; }; for s in HUP USR1 USR2; do trap "handler $s" $s; done; kill -HUP $$; kill -USR1 $$; kill -USR2 $$; echo done
### trap in function stays
f() { trap 'echo trapped' USR1; }; f; kill -USR1 $$; echo after
### return status of trap does not leak
trap 'false' USR1; true; kill -USR1 $$; echo $?; (exit 3); kill -USR1 $$ ; echo $?
### exit status in EXIT trap
trap 'echo "st=$?"' EXIT; (exit 9); exit
### kill subshell in background
(trap '' TERM; sleep 0.3; echo survived) & p=$!; sleep 0.1; kill $p; wait $p; echo $?
### kill process group member from subshell
sleep 5 & s=$!; (sleep 0.1; kill $s) & wait $s 2>/dev/null; echo $?
### wait returns signal status
(kill -USR1 $BASHPID) 2>/dev/null & wait $! 2>/dev/null; echo $?; (exit 130) & wait $!; echo $?
### term default kills waiting shell
bash -c 'sleep 5 & wait' & p=$!; sleep 0.2; kill $p; wait $p 2>/dev/null; echo $?
### trap int in child script
bash -c 'trap "echo int; exit 3" INT; kill -INT $$; echo no'; echo $?
### trap runs after foreground command
trap 'echo late' USR1; (sleep 0.1; kill -USR1 $$) & sleep 0.3; echo first?; wait
### pending trap before exit
trap 'echo caught' TERM; kill $$; exit 2
### unset trap in subshell
trap 'echo parent' TERM; (trap - TERM; echo sub; trap -p TERM); kill $$; echo end
### kill zero signal checks
sleep 1 & p=$!; kill -0 $p && echo alive; kill $p; wait $p 2>/dev/null; kill -0 $p 2>/dev/null || echo gone
### several signals in order
trap 'echo a' USR1; trap 'echo b' USR2; kill -USR1 $$; kill -USR2 $$; kill -USR1 $$
### timeout idiom
(sleep 10) & p=$!; (sleep 0.2; kill $p) 2>/dev/null & wait $p 2>/dev/null; echo "status $?"
### sigpipe ignored
(trap '' PIPE; while echo x 2>/dev/null; do :; done; echo "ended" >&2) 2>&1 | head -n 1
### debug of ERR with functions and lines
trap 'echo "E$LINENO"' ERR
false
f() {
  false
}
f
true
### exit trap runs on a fatal signal
bash -c 'trap "echo bye" EXIT; kill -TERM $$; echo no'; echo $?
### exit trap runs when killed while waiting
bash -c 'trap "echo bye" EXIT; sleep 5; echo no' & p=$!; sleep 0.2; kill $p; wait $p 2>/dev/null; echo $?
### read with a time limit
mkfifo t; exec 3<>t; read -t 0.2 x <&3; [ $? -gt 128 ] && echo timed out; (sleep 0.1; echo late >&3) & read -t 5 y <&3; echo $? $y; wait
### printf time
TZ=UTC printf '%(%Y-%m-%d %H:%M:%S)T|%s|%(%j)T\n' 86400 x 0; TZ=UTC printf '%5s|%(%d)T\n' a 864000
### here document to background
cat <<E &
background text
E
wait
### kill by job number
sleep 10 & sleep 20 & kill %1 %2; wait %1 2>/dev/null; echo $?; wait 2>/dev/null; echo done
### wait -n with pids
(sleep 0.2; exit 5) & a=$!; (sleep 0.05; exit 6) & b=$!; wait -n $a $b; echo $?; wait $a; echo $?
### background inherits function and variables
v=1; f() { echo "f $v"; }; v=2; f & wait; (v=3; f) & wait; echo $v
### message about a killed job
sleep 5 & kill -9 $!; wait $!; echo $?; sleep 5 & kill $!; wait $!; echo $?; sleep 5 & kill -USR1 $!; wait; echo $?
