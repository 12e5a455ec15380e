### output and append
echo a > f; echo b >> f; cat f; echo c > f; cat f; > f; cat f; echo d >| f; cat f
### stderr
{ echo out; echo err >&2; } 2>/dev/null; { echo out; echo err >&2; } 2>&1 | cat; { echo out; echo err >&2; } > both 2>&1; cat both; { echo out; echo err >&2; } &> both2; cat both2; { echo o2; echo e2 >&2; } &>> both2; cat both2
### order matters
{ echo out; echo err >&2; } 2>&1 >/dev/null
### input
echo hello > f; cat < f; read x < f; echo $x; cat < f - <<< "y" | cat
### descriptors
exec 3>f3; echo three >&3; echo more >&3; exec 3>&-; cat f3; echo x >&3; echo $?
### swap
{ echo out; echo err >&2; } 3>&1 1>&2 2>&3 3>&- 2>/dev/null | cat
### read write
echo 12345 > rw; exec 4<>rw; read -n 2 a <&4; echo -n XX >&4; exec 4>&-; cat rw; echo $a
### missing file
cat < nope; echo $?; echo x > /nonexistent/dir/f; echo $?; echo after
### redirect to directory
mkdir d; echo x > d; echo $?
### here documents
x=val; cat <<E
text $x ${x}s $(echo sub) `echo back` $((1+1)) \$x \\ "q" 'q'
E
cat <<'E'
raw $x $(no) \$
E
cat <<-E
	tab stripped
		two
	E
cat <<\E
also $raw
E
### two here documents
cat <<A; cat <<B
first
A
second
B
### here document in loop
while read a b; do echo "$b-$a"; done <<E
1 one
2 two
E
### here document with continuation
cat <<E
one \
two
three\\
E
### shared offset
printf 'l1\nl2\nl3\n' > f; { read a; read b; cat; } < f; echo "$a $b"
### noclobber
set -C; echo a > nc; echo b > nc; echo $?; cat nc; echo c >| nc; cat nc; echo d > /dev/null; echo $?
### named descriptors
exec {fd}>named; echo via >&$fd; exec {fd}>&-; cat named; [ $fd -ge 10 ] && echo high
### ambiguous
x="a b"; echo hi > $x; echo $?; y=; echo hi > $y; echo $?
### closed stdout
echo x >&-; echo $?; (echo y) 2>/dev/null >&-; echo $?
### redirect builtin and function
f() { echo f; echo e >&2; }; f > o 2>&1; cat o; { f; } 2>&1 | cat; read v < <(echo ps); echo $v
### dup input
exec 5< <(echo five); cat <&5; exec 5<&-
### redirect applies only to command
echo a > o; echo b; : > o; cat o; echo c 1>o 2>&1; cat o
### dev files
echo x > /dev/null; cat < /dev/null; { echo err > /dev/stderr; } 2>&1 | cat; echo out > /dev/stdout | cat; echo fd > /dev/fd/1 | cat
### redirect failure skips command
x=before; x=after < nope; echo $x; : < nope || echo failed; if true < nope; then echo y; else echo n; fi
### exec failure in redirect exits
(exec < nope; echo not reached); echo $?
### write error
echo x > /dev/full; echo $?; printf 'y' > /dev/full; echo $?
### here string expansions
x="a  b"; cat <<< $x; cat <<< "$x"; cat <<< 'lit $x'; cat <<< $(echo sub)$((2+3))
### redirect with variable target
f=tgt; echo data > "$f"; cat "$f"; echo more >> $f.$((1+1)); cat tgt.2
### pipe both
{ echo a; echo b >&2; } |& tr a-z A-Z | sort
