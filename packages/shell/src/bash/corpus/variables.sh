### plain assignment and use
a=1 b="two words" c='$a'
echo $a "$b" "$c" "${a}x" $nothing "[$nothing]"
### append
a=1; a+=2; a+="x y"; echo "$a"; unset b; b+=q; echo $b
### integer attribute
declare -i n=5; n+=3; echo $n; n="2*4"; echo $n; n=n+1; echo $n; n=abc; echo $n
### upper and lower attribute
declare -u up=hello; declare -l lo=HeLLo; echo $up $lo; up+=more; echo $up
### readonly refuses
readonly r=1
r=2
echo "after $r $?"
### readonly in function
f() { readonly q=5; echo $q; }
f; echo $q
unset q; echo "st $? $q"
### local and dynamic scope
x=global
f() { local x=f; g; echo "f sees $x"; }
g() { echo "g sees $x"; x=changed; }
f; echo $x
### unset of local uncovers
x=global
f() { local x=f; g; echo "f ${x-unset}"; }
g() { unset x; echo "g ${x-unset}"; }
f; echo $x
### local without value
x=1; f() { local x; echo "[${x-unset}]"; x=2; echo $x; }; f; echo $x
### declare -g
f() { declare -g newg=5; local l=3; declare -g l2=4; }; f; echo "$newg ${l-none} $l2"
### temporary environment
x=1; f() { echo "in $x"; x=5; echo "now $x"; }
x=2 f; echo "out $x"
x=3 eval 'echo $x'; echo $x
### export visible to children
export E=1; F=2; bash -c 'echo "${E-no} ${F-no}"'; F=3 bash -c 'echo "$F"'; export -n E; bash -c 'echo "${E-no}"'
### nameref
declare -n ref=target; target=5; echo $ref; ref=7; echo $target; echo ${!ref}
f() { declare -n out=$1; out="set by f"; }; f result; echo "$result"
arr=(1 2 3); declare -n ra=arr; echo "${ra[@]}" ${#ra[@]}; ra+=(4); echo ${arr[3]}
### declare -p
a=1; declare -i i=2; declare -a arr=(x "y z"); declare -A m=([k]=v); export e=5; declare -r ro=9
declare -p a i arr m e ro
declare -p nope
echo $?
### unset variable and function
x=1; x() { echo fn; }; unset x; echo ${x-gone}; x; unset x; x 2>/dev/null; echo $?
### special parameters
set -- a b c
echo $# "$@" "$*" $1 ${3} $0
shift; echo $# $1; shift 5; echo $? $#
### IFS joins
set -- a b c; IFS=:; echo "$*" "$@" $*; IFS=; echo "$*"; unset IFS; echo "$*"
### indirect
a=b; b=c; echo ${!a}; n=1; set -- x y; echo ${!n}; i='arr[1]'; arr=(p q); echo ${!i}
### prefix names
pre_a=1 pre_b=2 other=3; echo ${!pre_*}; echo "${!pre_@}"
### underscore
echo a b c >/dev/null; echo $_
### allexport
set -a; zz=1; set +a; yy=2; bash -c 'echo ${zz-no} ${yy-no}'
### assignment expansion order
a=1; a=2 b=$a; echo $b; c=$((d=3)) e=$d; echo $c $e
### tilde in assignments
HOME=/h; a=~/x:~/y; echo $a; b="~/x"; echo $b; echo ~/z; c=x~; echo $c
### exported function local var to child
f() { local -x v=5; bash -c 'echo $v'; }; f; bash -c 'echo "[$v]"'
