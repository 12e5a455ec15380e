### arguments with equals and colons
f() { printf '<%s>' "$@"; echo; }; f a=b a:b --x=y "a=$HOME" a=~ x:~ 
### empty and unset in many places
e=; f() { echo $#; }; f $e; f "$e"; f $e$e; f "$e"$e; f ''$e; f "$@"; f "$@" x; f $* "$*"
### adjacent expansions
a=1 b='2 3' c=; f() { printf '<%s>' "$@"; echo; }; f $a$b $b$a "$a"$b $b"$a" $c$b$c x$c"$c"
### splitting at edges
v=' a b '; f() { printf '<%s>' "$@"; echo; }; f x$v; f $v"y"; f x$v"y"; f "$v"; f x${v}y
### star and at differences
f() { printf '<%s>' "$@"; echo; }; set -- 'a b' '' c; f $@; f "$@"; f $*; f "$*"; f "p$@s"; f "p$*s"; f p$@s; f ${@}; f "${@}" "${*}"
### at with separators
f() { printf '<%s>' "$@"; echo; }; set -- a 'b c' d; IFS=,; f "$*" $*; x="$*"; f "$x"; y=$*; f "$y"; z=$@; f "$z"; IFS=; f $*; f "$*"
### expansions that give patterns
mkdir g; cd g; : > ab; : > ac; f() { printf '<%s>' "$@"; echo; }; p='a*'; f $p "$p" $p'' ''$p 'a'* "a"* a'*' a\*; q='[ab]b'; f $q; r='\*'; f $r; s='a?'; f "$s" $s
### command words from expansion
c=echo; $c hi; c='echo a b'; $c d; "$c" 2>/dev/null; echo $?; e=; $e echo after; $e; echo $?
### assignment words from expansion are commands
v=x; $v=5 2>/dev/null; echo $?; a='b=1'; $a 2>/dev/null; echo $?
### multiple assignments with substitution
a=$(echo 1) b=$(echo 2); echo $a $b; a=1 b=$a c=$((b+1)); echo $c; x=y=z; echo $x; x= y; echo $?
### long words
s=$(printf 'x%.0s' {1..500}); echo ${#s}; t=$s$s; echo ${#t}; u=${t//x/ab}; echo ${#u}
### nested quotes in default
unset u; f() { printf '<%s>' "$@"; echo; }; f "${u:-a b}" "${u:-"a b"}" ${u:-"a b"} ${u:-a b} ${u:-'a b'} "${u:-'a b'}" ${u:-a\ b} "${u-}" ${u-}
### alternate with lists
set -- 'a b' c; f() { printf '<%s>' "$@"; echo; }; f ${1:+"$@"} "${1:+$@}" ${1:+$@} ${9:+x} "${9:+x}"; arr=(); f ${arr[@]+"${arr[@]}"}; arr=('p q'); f ${arr[@]+"${arr[@]}"}
### replacement with quotes
s='a.b.c'; echo "${s//./ }" ${s//./"* "} "${s//./\\}" "${s//"."/'x'}" ${s//./'x y'}; q="'"; echo "${s//./$q}" "${s/./\'}"
### replacement ampersand
s=abc; echo ${s/b/[&]} ${s/b/\&} "${s/b/"&"}" "${s//?/&&}"; r='<&>'; echo "${s/b/$r}" "${s/b/"$r"}"
### patterns with slashes and anchors
p=/usr/bin; echo ${p//\//:} ${p/#\/usr/X} ${p/%bin/Y} "${p/\/}" ${p//[\/]/-}; e=; echo "[${e/x/y}]" "[${e/#/pre}]" "[${p/%/post}]"
### removal with classes
s=abc123def; echo ${s##*[0-9]} ${s%%[0-9]*} ${s#[a-c]} ${s%[!0-9]*} ${s//[^0-9]} ${s//[[:alpha:]]/}
### offsets from expressions
s=abcdef; n=2; echo ${s:n} ${s:n:n+1} ${s:$n:1} ${s: -n} ${s:(-3):2} ${s:${#s}-1} "${s:0:-1}" ${s:1?2:3}
### case conversions
s='ÀbC dE'; t=hello; echo ${t^} ${t^^} ${t^h} ${t^^[el]} ${t~~}; a=(one two); echo ${a[@]^} ${a[0]^^}; v=ABC; echo ${v,} ${v,,} ${v,,[AC]}
### indirection chains
a=b b=c c=end; echo ${!a} ${!b}; arr=(x y z); r='arr[@]'; echo "${!r}"; r='arr[1]'; echo ${!r} ${!r^}; n=2; set -- p q; echo ${!n} ${!#} ; u=unsetname; echo "${!u-dflt}"
### length forms
s='a b'; set -- 1 22 333; echo ${#s} ${#1} ${#3} ${#@} ${#*} ${##} ${#?} ${#-} >/dev/null; echo ${#s} ${#3} ${#@}
### attribute transform
declare -A m=([k]=v); declare -i i=1; declare -rx rx=2; echo ${m@a} ${i@a} ${rx@a} "${m[@]@K}" "${m[@]@k}"; x="a b"; echo ${x@Q} ${x@A} ${x@U}; set -- 'p q' r; echo "${@@Q}"
### arithmetic expansion splitting
IFS=0; echo $((100)) "$((100))"; unset IFS; x=$((1+1))y; echo $x
### pathological quoting
echo "$(echo "$(echo "\$HOME" '\$x' \\)")" '"'"'"'"' "'"'"'"'" \\\\ "\\\\" '\\'
### escapes in different contexts
echo "\a\$\`\"\\\n" '\a' \a; x="\*"; echo "$x"; y=\*; echo "$y"; case '*' in \*) echo lit;; esac; case 'a\b' in 'a\b') echo bs;; esac; [[ 'a\b' == a\\b ]] && echo bs2
### empty lists inside quotes
f(){ echo -n "$# "; }; e=; set --; f "$@$e"; f "$@"""; f "$e$@"; f ""$@; f "$@"$e; f "$@""$e"; a=(); f "${a[@]}$e"; a=(1); f "${a[@]:3}$e"; f "${a[@]:3}x"; f "$(echo)${a[@]:3}"; echo
### separators of lists that are not blank
f() { printf '<%s>' "$@"; echo; }; IFS=/; a=(a '' b); set -- x '' y; f ${a[@]} ${a[*]} $@ $*; f ${a[@]/a/q} ${@%x}; z=${@,}; f "$z"; z="${a[@]^}"; f "$z"; z=${a[*]}; f "$z"; IFS=; f ${a[*]^} $*; z=${*}; f "$z"
### replacement in empty text
e=; echo "[${e/*/x}]" "[${e/#*/x}]" "[${e/%*/x}]" "[${e/a/x}]" "[${e/#/x}]"
