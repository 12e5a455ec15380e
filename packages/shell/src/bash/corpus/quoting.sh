### single quotes
echo 'a b' 'c"d' 'e$f' 'g\h' 'i
j'
### double quotes
x=val; echo "a $x b" "a \$x" "a \"q\" b" "back\`tick" "back\\slash" "other\nescape" "a'b"
### mixed words
x=1; echo a'b'"c$x"d\ e"f"$x'g'; echo ""''"" | wc -c; echo "" '' x
### backslash outside
echo \a \" \' \\ \$x a\
b
### nested quotes in substitution
echo "$(echo "inner $(echo "deep 'q'")")" "`echo "in back"`"; x="a b"; echo "$(printf '<%s>' "$x" $x)"
### quotes in parameter words
unset u; x="p q"; echo "${u:-"$x"}" ${u:-"$x"} "${u:-$x}" ${u:-$x} "${u:-a\"b}" "${u:-a}b}"
### quoted pattern chars
x='a*b?c'; echo "${x%"?c"}" "${x#a\*}" "${x//[*?]/_}"; echo "[a]" "*" '?'
### dollar alone
echo $ a$ "$" "a$ b" '$' $, "$%"
### comments
echo a #comment
echo b#notcomment "#no" '#no' \#no; # whole line
echo c;#after
### ansi c
echo $'tab\there' $'nl\nx' $'q\'s' $'\\' $'\x41\x42' $'\101' $'uni\u0041'; echo "$'not'" a$'b'c
### locale quotes
echo $"hello $((1+1))"
### semicolons and spacing
echo a;echo b ; echo c;echo d ;
### long strings with newlines
x="line1
line2"; echo $x; echo "$x"; echo "${x//
/,}"
### quoting of at
set -- "a b" "c"; printf '<%s>' "$@" "$*" $@ $* "x$@"; echo
### empty args preserved
f() { echo $#; }; f "" '' $e "$e" "${e[@]}"; set -- "" a ""; f "$@"; f $@
### escaped newline in double quotes
echo "one \
two"
### backquotes escapes
x=5; echo `echo \$x` `echo "\$x"` `echo '\$x'` `echo \\\\`
### bang and special
echo a! "b!" 'c!' ! x
### unicode bytes
x='é'; echo "$x" ${#x}; y=日本; echo $y "${y}"
### tilde quoted
HOME=/h; echo ~ "~" '~' \~ ~x/y a~ =~ --p=~/q
### keywords as arguments
echo if then else fi for do done { } [[ case esac in function time
### assignments as arguments
echo a=1 b=2; env x=1 true 2>/dev/null; a=1 b=2; echo $a$b
