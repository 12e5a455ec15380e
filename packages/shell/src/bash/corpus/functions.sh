### return status
f() { return 3; }; f; echo $?; g() { false; }; g; echo $?; h() { return; }; false; h; echo $?; k() { true; return; }; k; echo $?
### arguments
f() { echo $# "$1" "$2" "$@"; shift; echo $1; }; f a "b c" d; echo $#
### recursion
fact() { [ $1 -le 1 ] && echo 1 || echo $(( $1 * $(fact $(($1-1))) )); }; fact 6; fib() { local n=$1; ((n<2)) && { r=$n; return; }; fib $((n-1)); local a=$r; fib $((n-2)); r=$((a+r)); }; fib 12; echo $r
### definition forms
function a { echo a; }; function b() { echo b; }; c() (echo c; x=1); d() { echo d; } >dout; a; b; c; echo "[$x]"; d; cat dout
### redefine and unset
f() { echo 1; }; f; f() { echo 2; }; f; unset -f f; f; echo $?
### nested definition
outer() { inner() { echo inner; }; }; outer; inner
### return from nested loop and condition
f() { while true; do if true; then return 4; fi; done; }; f; echo $?
### return value wraps
f() { return 256; }; f; echo $?; g() { return -1; }; g; echo $?; h() { return 300; }; h; echo $?
### positional restored
f() { set -- x y z; echo $#; }; set -- 1; f; echo $# $1
### function in pipeline and substitution
f() { echo "in"; v=set; }; f | cat; echo "[$v]"; x=$(f); echo $x "[$v]"; f >/dev/null; echo $v
### local array and integers
f() { local -i n=2+3; local -r c=9; echo $n $c; }; f
### function named like builtin
echo() { builtin echo "wrapped: $*"; }; echo hi; unset -f echo; echo plain; cd() { builtin cd "$@" && echo moved; }; cd /; command cd /
### command skips functions
true() { return 5; }; true; echo $?; command true; echo $?; \true; echo $?
### stdin of function
f() { while read l; do echo "got $l"; done; }; printf 'a\nb\n' | f; f <<< c
### error in function continues
f() { false; echo still; nosuchvar=$undefined; echo "[$nosuchvar]"; }; f
### local status masks
f() { local x=$(false); echo $?; local y; y=$(false); echo $?; }; f
### dynamic variables via eval
f() { eval "$1=\$2"; }; f dyn "some value"; echo "$dyn"
### default args idiom
f() { local a=${1:-da} b=${2-db}; echo "$a $b"; }; f; f x; f "" ""
### return outside function
return 5; echo "after $?"
### type
f() { :; }; type -t f; type -t echo; type -t if; type -t nosuchthing; echo $?; type -t cat; command -v f echo if; command -v nosuch; echo $?
### func with dashes and dots
my-func() { echo dash; }; my.func() { echo dot; }; my-func; my.func
### caller variables
f() { echo "$FUNCNAME $LINENO"; }
f
f; echo $LINENO
### exit in function
f() { exit 6; }; f; echo never
### deep local scopes
a() { local v=1; b; echo "a$v"; }; b() { local v=2; c; echo "b$v"; }; c() { v=3; }; v=0; a; echo $v
