### unbound
set -u
x=$nosuch
echo never
### unbound in arithmetic
set -u; ((a=b+1)); echo after
### error in middle of line
echo a; echo ${x?gone}; echo b
### division
x=0
y=$((10/x)); echo same
echo "y=[$y]"
### bad array subscript
a[-1]=x; echo $?
declare -A m; m[]=x; echo $?
### integer expected
[ abc -gt 5 ]; echo $?
[[ abc -gt 5 ]]; echo $?
### not a valid identifier
export 1x=5; echo $?; readonly a-b; echo $?; unset a-b; echo $?; declare 2y; echo $?
### cd failures
cd /nonexistent/dir; echo $?; : > file; cd file; echo $?
### readonly everywhere
readonly R=1; R=2 true; echo a; for R in 1 2; do echo $R; done; echo b
### readonly in read and printf
readonly R=1; read R <<< x; echo $?; printf -v R y; echo $?; R+=z; echo c
### local outside function
local x=1; echo $?
### return outside
return 3; echo $?
### shift too far
set -- a; shift 2; echo $?; shift x; echo $?
### break outside
continue; echo $?
### kill messages
kill -TERM nosuch; echo $?
### missing bracket
[ a = a; echo $?; [ 1 -foo 2 ]; echo $?; test 1 2; echo $?
### printf bad
printf '%d' x; echo; printf '%z' 1; echo $?
### getopts message
getopts a: o -a; echo $o; OPTIND=1; getopts a o -b; echo $o
### source missing
. nosuchfile; echo $?; source /nosuch/file; echo $?
### redirect errors
cat < nosuch; echo > /nosuch/f; echo >&9; echo 9<&8; echo x > ''; echo $?
### set invalid
set -Z; echo $?; set -o bogus; echo $?; shopt -s bogus; echo $?
### substring error
x=abc; echo ${x:1:-5}
echo next
### too many arguments
[ a b c d ]; echo $?; cd a b; echo $?
### umask and ulimit
umask 999; echo $?
### let error
let "1 +"; echo $?; let "x=2,y=x*3"; echo $x $y
### indirect errors
echo ${!nosuch}; echo next
v='bad name'; echo ${!v}
echo end
### exec not found
exec nosuchprog; echo never
### permission
echo 'echo hi' > np; chmod -x np; ./np; echo $?
