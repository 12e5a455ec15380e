### isolation
x=1; (x=2; cd /; set -- a b; y=3); echo $x ${y-unset} $#; f() { echo outer; }; (f() { echo inner; }; f); f
### status
(exit 3); echo $?; (true; false); echo $?; ( (exit 4) ); echo $?
### grouping
{ echo a; echo b; }; { x=5; }; echo $x; (echo c; echo d) | tr cd xy; { echo e; } > o; cat o
### nested substitution
echo $(echo $(echo $(echo deep))); x=$( (echo s) ); echo $x; x=$({ echo g; }); echo $x
### options in subshell
set -f; (set +f; echo $-) | grep -q f && echo bad || echo good; (set -e; false; echo never); echo $?
### bash -c
bash -c 'echo $0 $1 $#' name arg; bash -c 'exit 9'; echo $?; sh -c 'echo sh $1' x y; echo 'echo piped $1' | bash -s q; x=5 bash -c 'echo $x'
### script files
printf '#!/bin/bash\necho "script $0 $# $1"\nexit 4\n' > s.sh; chmod +x s.sh; ./s.sh a b; echo $?; bash s.sh z; bash ./nosuch.sh; echo $?; ./nosuch; echo $?; : > noexec; ./noexec; echo $?; ./; echo $?
### script sees environment only
printf 'echo ${exp-no} ${loc-no}; f 2>/dev/null || echo nofunc' > t.sh; export exp=1; loc=2; f() { :; }; bash t.sh
### command not found
nosuchcommand; echo $?; ./missing; echo $?; /bin/nosuch; echo $?
### substitution keeps status
x=$(exit 5); echo $?; y=$(true); echo $?; z=a$(exit 6)b; echo $? $z
### redirect of subshell
(echo a; echo b >&2) > o 2> e; cat o e; (cat) < o; (read x; echo "<$x>") <<< in
### subshell reads file
echo content > f; x=$(<f); echo $x; y=$(< nosuch); echo "$? [$y]"
### loop in subshell background
(for i in 1 2; do echo $i; done) & wait; echo done
### return value through output
r=$(f() { echo computed; return 3; }; f); echo "$r $?"
### deep nesting of levels
( ( ( echo three ) ) ); { { { echo curly; }; }; }
### shell variables in child
bash -c 'echo $((2+3))'; bash -c 'for i in "$@"; do echo "<$i>"; done' _ "a b" c; bash -e -c 'false; echo never'; echo $?; bash -u -c 'echo $zz' 2>/dev/null; echo $?
### syntax error in child
bash -c 'if then' 2>/dev/null; echo $?; eval 'if then' 2>/dev/null; echo $?
### exit from nested
(exit 2; echo no) || echo "st $?"; x=$(exit 3; echo no); echo "[$x] $?"
### unset in subshell
x=1; (unset x; echo ${x-gone}); echo $x
### lineno in nested
echo $LINENO
(echo $LINENO)
x=$(echo $LINENO); echo $x
### errors show line
(nosuch1) 2>&1
nosuch2 2>&1
x=$(nosuch3 2>&1); echo "$x"
### env command
env A=1 B=2 bash -c 'echo $A$B'; env -i bash -c 'echo ${HOME-unset}'
