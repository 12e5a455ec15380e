### case inside substitution
x=$(case a in a) echo matched;; (b) echo no;; esac); echo $x; y=$(for i in 1 2; do case $i in 1) echo one;; *) echo other;; esac; done); echo $y
### here document inside substitution
x=$(cat <<E
it's a "test" with ) paren
E
); echo "$x"; y="$(cat <<'E'
quote ' and $x
E
)"; echo "$y"
### comment inside substitution
x=$(echo a # comment with ' and )
echo b); echo $x
### quotes in nested substitutions
echo "a $(echo "b $(echo "c $(echo 'd "e"')")")"; echo "$(echo '$(not run)')" "`echo "x'y"`"
### functions with redirections
f() { echo out; echo err >&2; } 2>ferr; f; cat ferr; g() { cat; } <<E
from heredoc $1
E
g arg
### heredoc inside function and loop
show() { cat <<E
[$1]
E
}; for i in 1 2; do show $i; done; while read l; do cat <<E
line $l
E
done <<E
p
q
E
### exec redirects rest of script
exec 5>&1 >tofile; echo hidden; exec 1>&5 5>&-; echo shown; cat tofile
### arithmetic with nested expansions
a=(3 4); i=1; echo $(( ${a[$i]} + ${#a[@]} * $(echo 2) )) $(( a[i] ** 2 )) $((${x:-7} % 4)); b="a[0]"; echo $((b+1))
### nested parameter operators
p=/a/b/c.txt; echo ${p##*/} "${p%/*}" ${p/${p%/*}/X} "${p:${#p}-3}" ${p:0:$((${#p}-4))}; v=name; declare "dyn_$v=value"; n=dyn_$v; echo ${!n}
### conditional expansions in arguments
opt=1; set -- ${opt:+-x "two words"} ${nope:+-y}; echo $#; args=(-a); [ -n "$opt" ] && args+=("-b c"); printf '<%s>' "${args[@]}"; echo
### operators over positional
set -- foo.c bar.c baz; echo "${@%.c}" "${@/a/A}" "${@^}" ${#@} "${*#f}"; for w in "${@:2}"; do echo "<$w>"; done
### subshell in condition
if (exit 0) && ! (exit 1); then echo yes; fi; while (exit $((n++ < 2 ? 0 : 1))); do break; done; (( $(echo 5) > 3 )) && echo gt; [[ $(echo x) == x ]] && echo eq
### pipeline into while with outer variables
total=0; while read n; do total=$((total+n)); done < <(seq 1 10); echo $total; seq 1 3 | { t=0; while read n; do t=$((t+n)); done; echo inner $t; }; echo "t=${t-unset}"
### eval with quotes and nesting
a='x y'; eval "b=\"\$a z\""; echo "$b"; eval 'for i in 1 2; do eval "v$i=\$((i*10))"; done'; echo $v1 $v2; eval "$(printf 'c=%q' 'sp ace $x')"; echo "$c"
### quoting survives %q and @Q
s=$'tab\t nl\n quo\' dq" $v `b` \\ end'; eval "t=$(printf %q "$s")"; [ "$s" = "$t" ] && echo same; eval "u=${s@Q}"; [ "$s" = "$u" ] && echo same
### declare from declare -p
declare -A m=([a]=1 ["b c"]=$'x\ny'); d=$(declare -p m); unset m; eval "$d"; echo "${m[b c]}" ${#m[@]}; a=(1 "2 3"); eval "b=(${a[@]@Q})"; echo ${#b[@]} "${b[1]}"
### group and list separators
{ echo a; } && { echo b; } || echo c; ( echo d ) ; { false; } || echo e; if { true; }; then echo f; fi
### bang in conditions
if ! false; then echo 1; fi; if ! [ a = b ]; then echo 2; fi; while ! [[ -n $done ]]; do done=1; echo 3; done; ! { false; } && echo 4
### newline separated compound
if true
then
  echo then
else
  echo else
fi
for i in a \
         b
do
  echo $i
done
case x
in
  x)
    echo x
    ;;
esac
f()
{
  echo fn
}
f
### and or across lines
true &&
  echo a ||
  echo b
false |
  true
echo $?
### comments everywhere
# first
echo a # trailing
for i in 1 # c
do # d
  echo $i # e
done # f
x=(1 # one
2 # two
3)
echo ${#x[@]}
case a in # g
  # h
  a) echo A # i
  ;;
esac
### empty function bodies and null commands
f() { :; }; f; echo $?; if :; then :; else echo no; fi; : > nul; [ -e nul ] && echo made; > nul2; [ -e nul2 ] && echo made2; <nul; echo $?
### redirections before command
>o1 echo first; 2>/dev/null ls /nosuch; <o1 cat; x=5 >o2 bash -c 'echo $x'; cat o2
### words that look like keywords
echo if; for in in a b; do echo $in; done; case in in in) echo in;; esac; function do_it { echo do; }; do_it
### unusual names
_a1=x; echo $_a1 ${_a1}; a_b() { echo a_b; }; a_b; f1() { echo f1; }; f1
