### for forms
for i in 1 2 3; do echo -n $i; done; echo; for i in; do echo never; done; echo $?; set -- x y; for a; do echo $a; done; for a do echo $a; done
### for keeps last value
for i in a b; do :; done; echo $i
### while and until
i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i; while false; do :; done; echo $?
### break and continue
for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done
### nested levels
for i in 1 2 3; do for j in a b c; do [ $j = b ] && continue 2; [ $i = 3 ] && break 2; echo $i$j; done; done; echo end
### break status
for i in 1; do false; break; done; echo $?; while true; do break; done; echo $?
### break in function called from loop
f() { break; }; for i in 1 2; do f 2>/dev/null; echo $i; done
### loop status
for i in 1 2; do [ $i = 1 ]; done; echo $?; while read x; do false; done <<< y; echo $?
### redirected loops
for i in 1 2; do echo $i; done > out; cat out; while read l; do echo "<$l>"; done < out; { echo g; } >> out; cat out | while read l; do n=$l; echo "p$l"; done; echo "[$n]"
### brace loops
for i in {1..3} {a..c} x{1,2}y; do echo -n "$i "; done; echo; for i in {5..1..2}; do echo -n "$i "; done; echo
### loop over command output
for w in $(echo a b; echo c); do echo $w; done
### loop over files
mkdir q; cd q; : >b; : >a; : >c; for f in *; do echo $f; done; for f in *.none; do echo $f; done
### nested functions and loops
f() { for i in 1 2; do for j in 1 2; do [ $j = 2 ] && return 7; echo $i$j; done; done; }; f; echo $?
### continue in while condition position
n=0; while n=$((n+1)); [ $n -lt 6 ]; do [ $((n%2)) = 0 ] && continue; echo $n; done
### infinite with counter
n=0; while :; do ((++n >= 5)) && break; done; echo $n; n=0; until ((n==3)); do ((n++)); done; echo $n
### for over positional changes
set -- a b; for x in "$@"; do set -- "$@" more; done; echo $#
### subshell loop variable
for i in 1 2; do (i=x; echo $i); echo $i; done
### break beyond depth
for i in 1 2; do break 5; done; echo ok; for i in 1; do continue 9; done; echo ok2
### break outside loop
break; echo $?
### time slices
for ((i=0;i<1000;i++)); do x=$i; done; echo $x
### break inside subshells of a loop
for i in 1 2; do (continue; echo sub $?); echo a$i; done
for i in 1 2; do x=$(break; echo sub $?); echo a$i $x; done
for i in 1 2; do echo q | { break; echo p; }; echo b$i; done
for i in 1 2; do { break; echo bg; } & wait; echo c$i; done
for i in 1 2; do eval 'break; echo ev'; echo e$i; done
