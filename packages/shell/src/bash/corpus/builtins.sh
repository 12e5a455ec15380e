### echo options
echo -n a; echo -e 'b\tc\x41\0101'; echo -E 'd\t'; echo -ne 'x\n'; echo -- y; echo -nz; echo -e 'cut\cnever'; echo; echo -e '\\ \a' | od -c | head -n 1; echo - -; echo
### printf
printf '%s-%s\n' a b c; printf '%d %i %x %X %o %u\n' 42 -7 255 255 8 5; printf '%5d|%-5d|%05d|%+d\n' 42 42 42 42; printf '%.2f %e %g\n' 3.14159 1234.5 0.0001; printf '%s\n' "a b" c; printf '%q\n' "a b'c"; printf '%b\n' 'x\ty'; printf '%c%c\n' abc d; printf '%%\n'; printf 'no newline'; printf '\n%10s|%-10s|%.2s\n' r l trunc
### printf reuse and errors
printf '%d\n' abc; echo $?; printf '%s %s\n' 1 2 3; printf '%d\n' 0x10 010 "'A"; printf '%*d\n' 5 3; printf -v var '%03d' 7; echo $var; printf -v 'arr[2]' x; echo ${arr[2]}; printf; echo $?
### test builtin
test a = a; echo $?; test; echo $?; test -z; echo $?; [ ]; echo $?; [ = ]; echo $?; [ ! ]; echo $?
### eval
eval echo a b; eval 'x=5; echo $x'; eval "echo \$x"; eval; echo $?; eval 'exit_test() { return 3; }; exit_test'; echo $?; cmd='echo "q  r"'; eval $cmd; eval "$cmd"; eval 'false'; echo $?
### eval control flow
for i in 1 2 3; do eval 'if [ $i = 2 ]; then continue; fi'; echo $i; done; f() { eval 'return 9'; echo never; }; f; echo $?
### source
echo 'echo sourced $1 $#; y=7; return 4; echo never' > lib.sh; . ./lib.sh arg; echo $? $y $#; source lib.sh; echo $?; . ./missing.sh; echo $?
### set positional
set -- a b c; echo $1 $#; set x y; echo $1 $#; set --; echo $#; set - p q; echo $*; set -- -a; echo $1
### getopts
f() { local OPTIND opt; while getopts ":ab:c" opt "$@"; do case $opt in a) echo a;; b) echo "b=$OPTARG";; c) echo c;; :) echo "missing $OPTARG";; \?) echo "bad $OPTARG";; esac; done; shift $((OPTIND-1)); echo "rest $*"; }; f -a -b val -c x y; f -abval; f -b; f -z; f -ac -- -b; f plain
### getopts default errors
while getopts "x:" o -q -x; do echo "$o [$OPTARG]"; done
### shift and unset
set -- 1 2 3; shift 2; echo $*; shift 5; echo $?; unset nosuch; echo $?; unset 1a; echo $?
### type and command
type cd | head -n 1; command -v cd; command echo direct; builtin echo b; builtin nosuch; echo $?; command nosuchcmd; echo $?
### cd and pwd
mkdir -p a/b; cd a/b; echo ${PWD##*/}; cd ..; echo ${PWD##*/}; cd - >/dev/null; echo ${PWD##*/}; cd nosuch; echo $?; cd; [ "$PWD" = "$HOME" ] && echo home; cd / ; pwd; cd /tmp/../tmp/.; pwd; cd a b; echo $?
### true false colon
true; echo $?; false; echo $?; :; echo $?; : ${x:=default}; echo $x
### exit codes
(exit 5); echo $?; (exit 256); echo $?; (exit -1); echo $?; (exit abc) 2>/dev/null; echo $?; (false; exit); echo $?
### let and arithmetic
let a=5 b=a+1; echo $a $b; let; echo $?; let 'c=1/0'; echo $?
### shopt
shopt extglob; shopt -s extglob; shopt -q extglob; echo $?; shopt -u extglob; shopt -q extglob; echo $?; shopt nosuchopt; echo $?
### set -o
set -o pipefail; set -o | grep pipefail; set +o pipefail; set -o nosuch; echo $?; [[ -o noglob ]] || echo off
### umask
umask 077; umask; umask -S; umask 022; umask
### readonly listing and unset
readonly q=1; unset q; echo $?; declare -r z=2; echo $z
### test numbers with spaces
[ " 5 " -eq 5 ] && echo ok; [ 08 -eq 8 ] && echo dec; [ -5 -lt 3 ] && echo neg
### times ulimit hash exist
times >/dev/null; echo $?; hash; echo $?; ulimit -n >/dev/null; echo $?; enable -n 2>/dev/null; echo $?
### declare functions listing
f() { echo hi; }; declare -F f; declare -F nosuch; echo $?; declare -f nosuch; echo $?
### wait builtin no jobs
wait; echo $?
### dot search path
mkdir bin; echo 'echo in path lib' > bin/plib; PATH=$PWD/bin:$PATH; . plib
### exec with redirect
exec 6>out6; echo to6 >&6; exec 6>&-; cat out6; exec 3<<< "from string"; read x <&3; echo $x
### export listing
export Q1=v; export -p | grep Q1; declare -x | grep -c Q1
### special variables
echo ${BASH_VERSION%%.*} ${#BASH_VERSINFO[@]} $SHLVL >/dev/null; [ $UID = $EUID ] && echo uid; [ -n "$HOSTNAME" ] && echo host; [[ $EPOCHSECONDS -gt 1000 ]] && echo epoch; r=$RANDOM; [ $r -ge 0 -a $r -le 32767 ] && echo random
### random is reproducible
RANDOM=42; echo $RANDOM $RANDOM $RANDOM; RANDOM=42; echo $RANDOM; RANDOM=1; echo $RANDOM $RANDOM
### seconds
SECONDS=10; [ $SECONDS -ge 10 -a $SECONDS -le 11 ] && echo ok
