### background and wait
sleep 0.2 & p=$!; wait $p; echo $?; (exit 7) & wait $!; echo $?; wait; echo $?
### order of output
(sleep 0.2; echo second) & echo first; wait; echo third
### several waits
(sleep 0.3; exit 3) & a=$!; (sleep 0.1; exit 4) & b=$!; wait $a; echo $?; wait $b; echo $?; wait $a; echo $?
### wait -n
(sleep 0.3; exit 3) & (sleep 0.1; exit 4) & wait -n; echo $?; wait -n; echo $?; wait -n; echo $?
### wait for unknown
wait 99999 2>/dev/null; echo $?; wait %5 2>/dev/null; echo $?
### kill a job
sleep 100 & p=$!; kill $p; wait $p 2>/dev/null; echo $?; kill -0 $p 2>/dev/null; echo $?; sleep 100 & kill -9 $!; wait $! 2>/dev/null; echo $?
### trap TERM
trap 'echo got term' TERM; kill $$; echo after; (sleep 0.1; kill $$) & sleep 0.3; echo end
### trap in background
(trap 'echo bye; exit 5' TERM; while :; do sleep 0.05; done) & p=$!; sleep 0.2; kill $p; wait $p; echo $?
### wait interrupted by trap
trap 'echo usr1' USR1; (sleep 0.1; kill -USR1 $$) & sleep 5 & wait $!; echo $?; kill $! 2>/dev/null; wait 2>/dev/null
### ignored signal
trap '' TERM; kill $$; echo survived; (kill $BASHPID; echo child survived); trap - TERM; (trap '' INT; kill -INT $BASHPID; echo int ignored)
### default death of subshell (stdout only)
(kill -TERM $BASHPID; echo never) 2>/dev/null; echo $?; (kill -9 $BASHPID; echo never) 2>/dev/null; echo $?; bash -c 'kill -HUP $$' 2>/dev/null; echo $?
### exit trap
trap 'echo bye $?' EXIT; echo work; (trap 'echo sub' EXIT; echo in); (echo no inherited trap); exit 3
### exit trap changes status
trap 'exit 9' EXIT; exit 3
### trap listing and reset
trap 'echo x' EXIT TERM; trap -p; trap - EXIT; trap; trap '' INT; trap -p INT
### background group and pipeline
{ echo a; echo b; } & wait; echo x | cat & wait; f() { echo from f; return 6; }; f & wait $!; echo $?
### bang pid differs
: & p1=$!; : & p2=$!; [ $p1 != $p2 ] && echo differ; wait; echo ${!:+set}
### variables in background
x=1; { x=2; echo $x; } & wait; echo $x
### jobs listing
sleep 0.3 & jobs -p | wc -l; jobs | grep -c Running; wait; jobs | wc -l
### subshell pid variables
[ $$ = $BASHPID ] && echo same; ([ $$ = $BASHPID ] || echo differs); echo $BASH_SUBSHELL $(echo $BASH_SUBSHELL) $( (echo $BASH_SUBSHELL) )
### nested background
( (sleep 0.1; echo inner) & echo outer; wait ); echo done
### signals by name and number
kill -l 15; kill -l TERM; kill -l 137; trap 'echo two' 2; kill -INT $$; kill -s INT $$; kill -2 $$
### kill errors
kill 999999; echo $?; kill abc; echo $?; kill; echo $?; kill -BOGUS 1; echo $?
### parallel sleeps take the longest
s=$SECONDS; sleep 1 & sleep 1 & sleep 1 & wait; e=$((SECONDS-s)); [ $e -le 2 ] && echo parallel
### loop until file
(sleep 0.2; : > flag) & while [ ! -f flag ]; do sleep 0.05; done; echo found; wait
### busy waiting
(sleep 0.1; : > flag2) & until [ -f flag2 ]; do :; done; echo found; wait
### stop and continue
(while :; do sleep 0.05; echo t; done) > ticks & p=$!; sleep 0.2; kill -STOP $p; sleep 0.1; a=$(wc -l < ticks); sleep 0.3; b=$(wc -l < ticks); [ $a = $b ] && echo stopped; kill -CONT $p; sleep 0.3; c=$(wc -l < ticks); [ $c -gt $b ] && echo continued; kill $p; wait $p 2>/dev/null; echo $?
### exec replaces
(exec echo replaced; echo never); (exec nosuchprogram 2>/dev/null; echo never); echo $?
### return value of wait with set -e
set -e; (exit 3) & wait $! || echo "failed $?"; echo ok
### coprocess of reader and writer
mkfifo ff; (while read l; do echo "r:$l"; done < ff) & exec 8>ff; echo one >&8; echo two >&8; exec 8>&-; wait; echo closed
