### defaults
unset u; e=; s=set
echo "${u-d}" "${u:-d}" "[${e-d}]" "${e:-d}" "${s-d}" "${s:-d}"
echo "${u+a}" "${e+a}" "[${e:+a}]" "${s:+a}"
echo "${u=assigned}" $u; echo "${e:=filled}" $e
### error message
unset u
(echo "${u?}"); echo $?
(echo "${u:?is not set}"); echo $?
(e=; echo "${e:?}"); echo $?
### length
s="hello world"; echo ${#s} ${#nothing}; set -- a bb ccc; echo ${#} ${#@} ${#*} ${#3}
### prefix removal
p=/usr/local/lib/x.tar.gz
echo ${p#*/} ${p##*/} ${p%.*} ${p%%.*} ${p%/*} ${p#nomatch} "${p##*}"
### replace
s="the cat sat on the mat"
echo "${s/the/a}" "${s//the/a}" "${s/#the/A}" "${s/%mat/rug}" "${s//[aeiou]/}" "${s/cat}" "${s//at/&&}"
### replace with special
s='a/b/c'; echo ${s//\//_} "${s//\//\\/}"; x='*'; t='a*b*c'; echo "${t//"$x"/-}" "${t//$x/-}" "${t//\*/+}"
### substring
s=0123456789
echo ${s:3} ${s:3:2} ${s: -3} ${s: -3:2} ${s:2:-3} ${s:0:1} "[${s:20}]" ${s:(-4)} ${s:1+1:2*2}
### substring negative error
s=abc; echo ${s:2:-2}; echo next
### case modification
s="hello World"; echo ${s^} ${s^^} ${s,} ${s,,} ${s^^[lo]} "${s~}"
### positional slices
set -- a b c d e
echo "${@:2}" - "${@:2:2}" - "${@: -2}" - "${@:0:2}" - "${*:3}"
### array slices
a=(0 1 2 3 4 5); echo ${a[@]:2} - ${a[@]:1:3} - ${a[@]: -2} - "${a[*]:4}"
### transformation
s="it's a \"test\""; echo "${s@Q}"; t=$'a\nb'; echo "${t@Q}"; e='a\tb'; echo "${e@E}"; u=abc; echo ${u@U} ${u@u} ${u@L}
declare -ir n=5; echo ${n@a} ${n@A}
a=(1 "2 3"); echo "${a[@]@Q}"; echo "${a[@]@A}"
### nested
a=x; unset b; echo "${b:-${a}y}" "${b:-${c:-deep}}" "${a#${a}}" "${b:-"quoted $a"}" "${b:-'single $a'}"
### unquoted default splits
unset u; set -- ${u:-a b "c d"}; echo $#; set -- "${u:-a b}"; echo $#
### plus with at
set -- "a b" c; f() { echo $#; }; f ${1+"$@"}; f "${@+x}"; f ${nope+"$@"}
### bad substitution
echo ${a!b}
echo same line not reached; echo $?
### arithmetic in subscript
a=(p q r); i=1; echo ${a[i]} ${a[i+1]} ${a[$i-1]} ${a[-1]} "${a[@]: -1}"
### dollar at in quotes with text
set -- a b; for w in "x$@y"; do echo "<$w>"; done; set --; for w in "x$@y"; do echo "<$w>"; done; for w in "$@"; do echo never; done
### star unquoted
set -- "a b" c; for w in $*; do echo "<$w>"; done; for w in "$*"; do echo "<$w>"; done
### ansi quotes
printf '%s|' $'a\tb' $'\x41\101\u41' $'it\'s' $'\e' | tr '\033' E; echo
### quote removal
echo a"b"'c'\d "a\b" "a\"b" "a\$b" 'a\b' "a\\b" a\ b "a
b"
### line continuation
echo one \
two; ec\
ho three
### command substitution strips newlines
x=$(printf 'a\n\n\n'); echo "[$x]"; y=`echo back`; echo $y; echo $(echo $(echo nested)) `echo \`echo back\``
### substitution status
x=$(exit 3); echo $?; echo $(exit 4) $?; x=$(false) y=$(true); echo $?
### pattern from variable
v='*.c'; f=main.c; echo ${f%$v} ${f%"$v"}; case $f in $v) echo match;; esac; case $f in "$v") echo no;; *) echo other;; esac
### extglob removal
shopt -s extglob; s="aaabbb"; echo ${s##+(a)} ${s%%+(b)} ${s/@(aa|bb)/X} ${s//+([ab])/Z}; t="  trim  "; t="${t##*( )}"; echo "[${t%%*( )}]"
### assign default to array element
unset arr; echo ${arr[2]:=two}; echo ${#arr[@]} ${!arr[@]}
### length of element
a=(one three); echo ${#a[1]} ${#a} ${#a[@]}; declare -A m=([k]=value); echo ${#m[k]}
### set -u variants
set -u; echo "${x-ok}" "${x:-ok}" "${#}" "$*" "[$@]"; (echo $x); echo $?; (echo ${a[0]}); (echo ${#x}); echo end
### empty and null words
e=; set -- $e "$e" '' ""; echo $#
### tilde forms
HOME=/home/me; echo ~ ~/x "~" \~ a~ ~+/q >/dev/null; echo ~ ~/x "~" \~ a~
